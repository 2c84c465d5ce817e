import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import type { Permissions } from '../auth/permissions.ts'
import type { Executor } from '../db/database.ts'
import type { DeadLetter } from '../events/dead-letter.ts'
import type { Envelope, EventType } from '../events/event.ts'
import type { Context } from './context.ts'
import type { ShopSeed } from './shop-seed.ts'
import type { Port, PortProvider } from './port.ts'

// deno-lint-ignore no-explicit-any
type AnyContext = Context<any, any>

export type AppEnv<C extends AnyContext = AnyContext> = { Variables: { ctx: C } }

/** Registers the routes of one resource. */
export type Endpoints<C extends AnyContext = AnyContext> = (app: OpenAPIHono<AppEnv<C>>) => void

export type Consumer<C extends AnyContext = AnyContext> =
  | {
    kind: 'event'
    name: string
    event: EventType
    handle: (ctx: C, event: Envelope<never>) => Promise<unknown>
  }
  | { kind: 'dead-letters'; name: string; handle: (ctx: C, letter: DeadLetter) => Promise<unknown> }

export type Job<C extends AnyContext = AnyContext> = {
  name: string
  /**
   * When there is something to do, past or to come, by plain queries that an index answers; null: not before
   * somebody has written. Without it the job is upkeep: it runs in every shop about once a day.
   */
  next?: (db: Executor, now: Date) => Promise<Date | null>
  /** While something stays due after a run, the pause until the next, 5 s without it. */
  pauseMs?: number
  /** May run twice at once, in two processes. Upkeep ends its turn soon, and answers true when more is left. */
  run: (ctx: C) => Promise<unknown>
}

/** Something that always has to hold in a shop's database: `npm run doctor` looks whether it does. */
export type Check<C extends AnyContext = AnyContext> = {
  /** What is not as it has to be, a sentence each, and the same one while it stays so. What is under way may be found. */
  find: (ctx: C) => Promise<string[]>
  /** Mends what needs nobody's decision. */
  repair?: (ctx: C) => Promise<unknown>
}

/** The whole of a service, as data. Nothing is started by reading it. */
export type Service<C extends AnyContext = AnyContext> = {
  name: string
  summary: string
  /** First path segments, after an optional `admin`, that belong to it. */
  resources: string[]
  /** Whose data it keeps: every tenant's in a database of its own, or the platform's. */
  scope: 'tenant' | 'platform'
  tables: Record<string, unknown>
  /** The folder of its generated SQL. */
  migrations: URL
  events: Record<string, EventType>
  endpoints: Endpoints<C>[]
  provides: PortProvider<C>[]
  needs: Record<string, Port>
  consumers: Consumer<C>[]
  jobs: Job<C>[]
  checks: Check<C>[]
  /** Fills the database of a new shop, and runs again in every shop when a release is deployed: without harm. */
  seed?: (ctx: C, seed: ShopSeed) => Promise<unknown>
  /** What its routes may ask for. */
  permissions?: Permissions
  /** The variables it reads from the environment, given to its operations as `ctx.config`. */
  config: z.ZodObject
}

export function defineService<C extends AnyContext>(
  service:
    & Pick<Service<C>, 'name' | 'summary' | 'resources' | 'tables' | 'migrations' | 'endpoints'>
    & Partial<Service<C>>,
): Service {
  return {
    scope: 'tenant',
    events: {},
    provides: [],
    needs: {},
    consumers: [],
    jobs: [],
    checks: [],
    config: z.object({}),
    ...service,
  } as unknown as Service
}

/** A consumer: applied exactly once in effect, retried, and dead-lettered when nothing helps. */
export function on<C extends AnyContext, T extends z.ZodType>(
  event: EventType<T>,
  name: string,
  handle: (ctx: C, event: Envelope<z.output<T>>) => Promise<unknown>,
): Consumer<C> {
  return { kind: 'event', name, event, handle: handle as never }
}

export function onDeadLetter<C extends AnyContext>(
  name: string,
  handle: (ctx: C, letter: DeadLetter) => Promise<unknown>,
): Consumer<C> {
  return { kind: 'dead-letters', name, handle }
}
