import type { z } from '@hono/zod-openapi'
import type { Actor } from '../auth/actor.ts'
import type { Executor } from '../db/database.ts'
import type { Claim, Outcome } from '../db/idempotency.ts'
import type { EventType } from '../events/event.ts'
import type { ShopBroker } from '../events/shop-broker.ts'
import type { Id } from '../kernel/id.ts'
import type { Log } from '../telemetry/log.ts'
import type { Port, PortClients } from './port.ts'
import type { Shops } from './shops.ts'
import type { Tenant } from '../kernel/tenant.ts'

/** Where a piece of work comes from, kept through every call and event it causes. */
export type Origin = {
  id: string
  correlationId: string
  causationId?: string
  traceparent?: string
  ip?: string
  userAgent?: string
  /** When whoever asks stops waiting, milliseconds since 1970. */
  deadline?: number
}

/** A transaction: Drizzle's queries, and what has to commit with them. */
export type Tx = Executor & {
  /** Writes the event to the outbox with this transaction; it leaves for JetStream after the commit. */
  emit<T extends z.ZodType>(event: EventType<T>, data: z.input<T>): void
  /** Writes who did what to the audit log with this transaction. */
  audit(action: string, target: string, changes?: unknown): void
  /**
   * For what others may only hear of once it is true: runs when this transaction has committed, never else. Its request
   * is answered when it is done; whether it fails makes no difference any more.
   */
  afterCommit(work: () => void | Promise<void>): void
}

/** Everything an operation needs that isn't its input. */
export type Context<N extends Record<string, Port> = Record<never, Port>, C = unknown> = {
  readonly tenant: Tenant
  readonly actor: Actor
  /** For reads. Inside a consumer it is the consumer's transaction. */
  readonly db: Executor
  /**
   * Commits what `work` did, its events and its audit entries together, or nothing. May run `work` again after a
   * deadlock. Inside a consumer it joins the consumer's transaction. Under an Idempotency-Key it commits together with
   * the answer, unless a port, `outside` or another transaction follows: those come after its commit.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  readonly ports: PortClients<N>
  /**
   * Waits for what isn't the platform's database, a payment provider: what was written before is committed by then, and
   * other requests of the shop have their turn meanwhile.
   */
  outside<T>(work: () => Promise<T>): Promise<T>
  now(): Date
  newId<P extends string>(prefix: P): Id<P>
  readonly log: Log
  readonly origin: Origin
  /** The same for every attempt at one idempotent request; a new one where there is no Idempotency-Key. */
  readonly operationId: Id<'op'>
  /** What the process was configured with for this service. */
  readonly config: C
  /** A key of this service and shop for one purpose, 32 bytes as base64url. Derived, never stored. */
  secret(purpose: string): string
  /** Tells every process at once, best effort: caches hear of a change before their time is up. */
  broadcast(topic: string, body?: string): void
}

/** What services of the platform have beside: the making and the routing of shops. */
export type PlatformContext<N extends Record<string, Port> = Record<never, Port>, C = unknown> =
  & Context<N, C>
  & {
    /** Makes and removes the databases of shops. */
    readonly shops: Shops
    /** The same work for another shop: its events and audit entries are that shop's, in the platform's database. */
    forTenant(tenant: Tenant): PlatformContext<N, C>
    /** For work that goes on by itself when the request is over, and beyond its deadline. */
    detached(): PlatformContext<N, C>
  }

/** What the kernel does with the context of a request from outside. */
export type RequestedContext = Context & {
  /** Does the work when it is this shop's turn. Throws `unavailable` when the shop has too much waiting. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
}

/** What the kernel does with the context of a request that has an Idempotency-Key: see `Claim`. */
export type KeyedContext = Context & {
  /**
   * From here on everything belongs to this key, until `deadline`, milliseconds since 1970. Returns what an earlier
   * request with it came to.
   */
  begin(claim: Claim, deadline: number): Promise<Outcome | undefined>
  /** Commits what is open together with the answer; one of 500 and above is none, one that is `untold` is not kept. */
  settle(outcome: Outcome | 'untold'): Promise<void>
  /** The request is over: undoes what it left open. */
  abandon(): Promise<void>
}

/** For the console of the broker: what of it belongs to this shop. */
export type ConsoleContext<N extends Record<string, Port> = Record<never, Port>, C = unknown> =
  & Context<N, C>
  & {
    readonly broker: ShopBroker
  }
