import type { z } from '@hono/zod-openapi'
import type { Actor } from '../auth/actor.ts'
import { type Database, type Executor, extend, type OpenTransaction, preparedRows } from '../db/database.ts'
import type { Claim, Outcome } from '../db/idempotency.ts'
import { auditLog } from '../db/tables.ts'
import { Problem } from '../errors/problem.ts'
import type { Broker } from '../events/broker.ts'
import type { EventType } from '../events/event.ts'
import { insertRows, type OutboxRow, toRow } from '../events/outbox.ts'
import { ShopBroker } from '../events/shop-broker.ts'
import type { Relay } from '../events/relay.ts'
import { type Id, newId } from '../kernel/id.ts'
import type { Log } from '../telemetry/log.ts'
import { deriveSecret } from '../kernel/secrets.ts'
import type { ConsoleContext, KeyedContext, Origin, PlatformContext, Tx } from '../service/context.ts'
import type { Shops } from '../service/shops.ts'
import { type Caller, type Port, portClient, type PortClients } from '../service/port.ts'
import type { Tenant } from '../kernel/tenant.ts'
import type { Aside, Turnstile } from '../kernel/turnstile.ts'

/** What contexts share within a process. */
export type Means = {
  service: string
  needs: Record<string, Port>
  caller: Caller
  relay: Relay
  broker: Broker
  log: Log
  platformSecret: string
  /** Where requests from outside wait for their shop's turn. */
  requests: Turnstile<string>
  /** What the service itself is configured with. */
  config: unknown
  /** Only for services of the platform. */
  shops?: Shops
}

/** What a transaction leaves behind besides its rows. */
type Effects = {
  rows: OutboxRow[]
  audits: (typeof auditLog.$inferSelect)[]
  afterCommit: (() => void | Promise<void>)[]
}
type Joined = { executor: Executor; effects: Effects }
type Open = OpenTransaction<{ value: unknown; effects: Effects }>

/** Shared by a request's context and its copies. */
type Keyed = {
  /** Set under an Idempotency-Key, until the answer is there. */
  claim?: Claim
  /** Until when it is held, milliseconds since 1970. */
  deadline?: number
  /** Under a key: the transaction that commits with the answer. */
  open?: Open
  turn: Promise<unknown>
  /** What runs after commits of this request: its answer waits for it. */
  afterwards: Promise<void>[]
  timer?: ReturnType<typeof setTimeout>
  /** Set while it has its shop's turn: how it lets others pass. */
  aside?: Aside
  /** Its time was up: what was open is undone, and nothing may be written in its name any more. */
  isOver?: boolean
}

/** The context of one request, message or job run. */
export class RequestContext
  implements PlatformContext<Record<string, Port>>, ConsoleContext<Record<string, Port>>, KeyedContext {
  readonly tenant: Tenant
  readonly actor: Actor
  readonly origin: Origin
  readonly config: unknown
  readonly #means: Means
  readonly #database: Database
  /** Set inside a consumer: its transaction, which everything joins. */
  readonly #joined?: Joined
  readonly #keyed: Keyed
  #ports?: PortClients<Record<string, Port>>
  #operationId?: Id<'op'>

  constructor(
    means: Means,
    work: {
      tenant: Tenant
      actor: Actor
      origin: Origin
      database: Database
      joined?: Joined
      keyed?: Keyed
    },
  ) {
    this.#means = means
    this.config = means.config
    this.tenant = work.tenant
    this.actor = work.actor
    this.origin = work.origin
    this.#database = work.database
    this.#joined = work.joined
    this.#keyed = work.keyed ?? { turn: Promise.resolve(), afterwards: [] }
  }

  get db(): Executor {
    return this.#joined?.executor ?? this.#keyed.open?.executor ?? this.#database.executor
  }

  get log(): Log {
    return this.#means.log.with({ tenant: this.tenant.id, request_id: this.origin.id })
  }

  get ports(): PortClients<Record<string, Port>> {
    return this.#ports ??= Object.fromEntries(
      Object.entries(this.#means.needs).map(([name, port]) => [
        name,
        portClient(port, this.#caller, {
          tenant: this.tenant,
          requestId: this.origin.id,
          traceparent: this.origin.traceparent,
          deadline: this.origin.deadline,
        }),
      ]),
    )
  }

  get operationId(): Id<'op'> {
    return this.#keyed.claim?.operationId ?? (this.#operationId ??= newId('op'))
  }

  get shops(): Shops {
    if (!this.#means.shops) throw new Error(`${this.#means.service} may not make or remove shops`)
    return this.#means.shops
  }

  secret(purpose: string): string {
    return deriveSecret(
      this.#means.platformSecret,
      `${this.tenant.id}/${this.#means.service}/${purpose}`,
    )
  }

  now(): Date {
    return new Date()
  }

  newId<P extends string>(prefix: P): Id<P> {
    return newId(prefix)
  }

  get broker(): ShopBroker {
    return new ShopBroker(this.#means.broker, this.tenant)
  }

  broadcast(topic: string, body?: string): void {
    this.#means.broker.broadcast(topic, body)
  }

  async outside<T>(work: () => Promise<T>): Promise<T> {
    await this.#oneByOne(() => this.#commitOpen())
    return await (this.#keyed.aside?.(work) ?? work())
  }

  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    return await this.#means.requests.pass(this.tenant.id, async (aside) => {
      if (Date.now() >= (this.origin.deadline ?? Infinity)) throw tooLate()
      this.#keyed.aside = aside
      return await work()
    }, this.origin.deadline)
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#joined) return await work(this.#tx(this.#joined.executor, this.#joined.effects))
    if (!this.#keyed.claim && !this.#keyed.isOver) return await this.#commit(await this.#run(work))
    return await this.#oneByOne(async () => {
      await this.#commitOpen()
      const open = await this.#run(work)
      if (this.#keyed.isOver) {
        await open.rollback()
        throw tooLate()
      }
      this.#keyed.open = open
      return open.value.value
    })
  }

  /**
   * One transaction for all of `work`, however many `transaction` it calls on the context it is given: a
   * consumer's way to commit its inbox row with what its operation does.
   */
  async joinAll<T>(work: (ctx: RequestContext) => Promise<T>): Promise<T> {
    const open = await this.#database.begin(async (executor) => {
      const joined: Joined = { executor, effects: newEffects() }
      const value = await work(this.#copy({ joined }))
      await write(executor, joined.effects, this.now())
      return { value, effects: joined.effects }
    })
    return await this.#commit(open)
  }

  /** From here on everything belongs to this key. Returns what an earlier request with it came to. */
  async begin(claim: Claim, deadline: number): Promise<Outcome | undefined> {
    const known = await claim.open(this.#database.executor)
    if (known) return known
    this.#keyed.claim = claim
    this.#keyed.deadline = deadline
    const left = Math.max(0, deadline - Date.now())
    if (left < Infinity) this.#keyed.timer = setTimeout(() => void this.#timeOut(), left)
  }

  /**
   * Commits what is open together with the answer. An answer of 500 and above is none: what is open is undone, and the
   * next attempt goes on from what had been committed before. `untold`: the answer must not be kept.
   */
  async settle(outcome: Outcome | 'untold'): Promise<void> {
    clearTimeout(this.#keyed.timer)
    const { claim, open } = this.#keyed
    if (!claim) throw tooLate()
    if (outcome !== 'untold' && outcome.status >= 500) {
      await this.abandon()
      return await claim.release(this.#database)
    }
    if (open || claim.isCommitted) {
      const executor = open?.executor ?? this.#database.executor
      await (outcome === 'untold' ? claim.forget(executor) : claim.settle(executor, outcome))
    }
    await this.#commitOpen()
    await Promise.all(this.#keyed.afterwards)
  }

  /** The request is over: undoes what it left open. What still runs in its name is no longer under its key. */
  async abandon(): Promise<void> {
    clearTimeout(this.#keyed.timer)
    this.#keyed.claim?.close()
    this.#keyed.claim = undefined
    const open = this.#keyed.open
    this.#keyed.open = undefined
    await open?.rollback()
  }

  /** The same work for another shop: only where one database serves all, the platform's. */
  forTenant(tenant: Tenant): RequestContext {
    return this.#copy({ tenant, joined: this.#joined, keyed: this.#keyed })
  }

  /** The same work, as a part that something else is the cause of: one event of several. */
  causedBy(origin: Partial<Origin>): RequestContext {
    return this.#copy({ origin: { ...this.origin, ...origin }, joined: this.#joined, keyed: this.#keyed })
  }

  /** The same work for the same shop, going on by itself: when the request is over, and beyond its deadline. */
  detached(): RequestContext {
    return this.#copy({ origin: { ...this.origin, deadline: undefined } })
  }

  #copy(changes: { tenant?: Tenant; origin?: Origin; joined?: Joined; keyed?: Keyed }): RequestContext {
    const { tenant, actor, origin } = this
    return new RequestContext(this.#means, { tenant, actor, origin, database: this.#database, ...changes })
  }

  async #timeOut(): Promise<void> {
    this.#keyed.isOver = true
    await this.abandon()
  }

  async #run<T>(work: (tx: Tx) => Promise<T>): Promise<OpenTransaction<{ value: T; effects: Effects }>> {
    return await this.#database.begin(async (executor) => {
      if (this.#keyed.claim && !this.#keyed.claim.isCommitted) await this.#keyed.claim.insert(executor)
      const effects = newEffects()
      const value = await work(this.#tx(executor, effects))
      await write(executor, effects, this.now())
      return { value, effects }
    })
  }

  async #commit<T>(open: OpenTransaction<{ value: T; effects: Effects }>): Promise<T> {
    await open.commit()
    const { value, effects } = open.value
    this.#means.relay.committed(this.#database, effects.rows)
    const afterwards = effects.afterCommit.map((work) => this.#afterwards(work))
    // Under a key it may have to wait for the turn that this commit is a part of.
    if (this.#keyed.claim) this.#keyed.afterwards.push(...afterwards)
    else await Promise.all(afterwards)
    return value
  }

  async #afterwards(work: () => void | Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.log.warn('what follows a commit failed', { error })
    }
  }

  async #commitOpen(): Promise<void> {
    const open = this.#keyed.open
    if (!open) return
    this.#keyed.open = undefined
    await this.#commit(open)
    this.#keyed.claim?.keep(this.#database, this.#keyed.deadline ?? Infinity)
  }

  /** Transactions of one request follow one another: two at once would wait for each other's key. */
  #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#keyed.turn.then(() => {
      if (this.#keyed.isOver) throw tooLate()
      return work()
    })
    this.#keyed.turn = turn.catch(() => {})
    return turn
  }

  /** Another service has to see what was written before it is asked. */
  get #caller(): Caller {
    const { caller } = this.#means
    if (!this.#keyed.claim) return caller
    return {
      ...caller,
      fetch: async (...request) => {
        await this.#oneByOne(() => this.#commitOpen())
        return await caller.fetch(...request)
      },
    }
  }

  #tx(executor: Executor, effects: Effects): Tx {
    return extend(executor, {
      emit: <T extends z.ZodType>(event: EventType<T>, data: z.input<T>) => {
        const origin = { service: this.#means.service, tenant: this.tenant, request: this.origin }
        effects.rows.push(toRow(origin, event, data, this.now()))
      },
      audit: (action: string, target: string, changes?: unknown) => {
        effects.audits.push(this.#auditEntry(action, target, changes))
      },
      afterCommit: (work: () => void | Promise<void>) => {
        effects.afterCommit.push(work)
      },
    })
  }

  #auditEntry(action: string, target: string, changes: unknown): typeof auditLog.$inferSelect {
    const { actor, origin } = this
    return {
      id: newId('aud'),
      actor_type: actor.type,
      actor_id: actor.type === 'user' ? actor.id : actor.type === 'system' ? actor.name : null,
      action,
      target,
      changes: changes ?? null,
      request_id: origin.id,
      ip_address: origin.ip ?? null,
      user_agent: origin.userAgent ?? null,
      created_at: this.now(),
    }
  }
}

const tooLate = () => new Problem('upstream_timeout', 'The request took too long')

const newEffects = (): Effects => ({ rows: [], audits: [], afterCommit: [] })

const insertAudits = preparedRows(auditLog)

async function write(executor: Executor, { rows, audits }: Effects, now: Date): Promise<void> {
  if (rows.length > 0) await insertRows(executor, rows, now)
  if (audits.length > 0) await insertAudits(executor, audits)
}
