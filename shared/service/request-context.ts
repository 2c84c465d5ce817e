import type { z } from '@hono/zod-openapi'
import type { Actor } from '../auth/actor.ts'
import { type Database, type Executor, extend } from '../db/database.ts'
import { auditLog } from '../db/tables.ts'
import type { Broker } from '../events/broker.ts'
import type { EventType } from '../events/event.ts'
import { insertRows, type OutboxRow, toRow } from '../events/outbox.ts'
import { ShopBroker } from '../events/shop-broker.ts'
import type { Relay } from '../events/relay.ts'
import { type Id, newId } from '../kernel/id.ts'
import type { Log } from '../telemetry/log.ts'
import { deriveSecret } from '../kernel/secrets.ts'
import type { Config } from './config.ts'
import type { Context, Origin, Settings, Tx } from './context.ts'
import type { Shops } from './shops.ts'
import { type Caller, type Port, portClient, type PortClients } from './port.ts'
import type { Tenant } from './tenant.ts'

/** What contexts share within a process. */
export type Means = {
  service: string
  needs: Record<string, Port>
  caller: Caller
  relay: Relay
  broker: Broker
  log: Log
  config: Config
  /** Only for services of the platform. */
  shops?: Shops
}

type Unwritten = { rows: OutboxRow[]; audits: (typeof auditLog.$inferInsert)[] }
type Joined = { executor: Executor; unwritten: Unwritten; afterCommit: (() => void)[] }

/** The context of one request, message or job run. */
export class RequestContext implements Context<Record<string, Port>> {
  readonly tenant: Tenant
  readonly actor: Actor
  readonly origin: Origin
  readonly #means: Means
  readonly #database: Database
  /** Set inside a consumer: its transaction, which everything joins. */
  readonly #joined?: Joined
  #ports?: PortClients<Record<string, Port>>
  #operationId?: Id<'op'>

  constructor(
    means: Means,
    work: { tenant: Tenant; actor: Actor; origin: Origin; database: Database; joined?: Joined },
  ) {
    this.#means = means
    this.tenant = work.tenant
    this.actor = work.actor
    this.origin = work.origin
    this.#database = work.database
    this.#joined = work.joined
  }

  get db(): Executor {
    return this.#joined?.executor ?? this.#database.executor
  }

  get log(): Log {
    return this.#means.log.with({ tenant: this.tenant.id, request_id: this.origin.id })
  }

  get ports(): PortClients<Record<string, Port>> {
    return this.#ports ??= Object.fromEntries(
      Object.entries(this.#means.needs).map(([name, port]) => [
        name,
        portClient(port, this.#means.caller, {
          tenant: this.tenant,
          requestId: this.origin.id,
          traceparent: this.origin.traceparent,
        }),
      ]),
    )
  }

  get operationId(): Id<'op'> {
    return this.#operationId ??= newId('op')
  }
  set operationId(id: Id<'op'>) {
    this.#operationId = id
  }

  get settings(): Settings {
    return this.#means.config
  }

  get shops(): Shops {
    if (!this.#means.shops) throw new Error(`${this.#means.service} may not make or remove shops`)
    return this.#means.shops
  }

  secret(purpose: string): string {
    return deriveSecret(
      this.#means.config.PLATFORM_SECRET,
      `${this.tenant.id}/${this.#means.service}/${purpose}`,
    )
  }

  outside<T>(work: () => Promise<T>): Promise<T> {
    return work()
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

  afterCommit(work: () => void): void {
    if (this.#joined) this.#joined.afterCommit.push(work)
    else work()
  }

  broadcast(topic: string, body?: string): void {
    this.#means.broker.broadcast(topic, body)
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#joined) return await work(this.#tx(this.#joined.executor, this.#joined.unwritten))
    let written: OutboxRow[] = []
    const result = await this.#database.transaction(async (executor) => {
      const unwritten: Unwritten = { rows: [], audits: [] }
      const value = await work(this.#tx(executor, unwritten))
      written = await write(executor, unwritten, this.now())
      return value
    })
    this.#means.relay.committed(this.#database, written)
    return result
  }

  /**
   * One transaction for all of `work`, however many `transaction` it calls on the context it is given: a
   * consumer's way to commit its inbox row with what its operation does.
   */
  async joinAll<T>(work: (ctx: RequestContext) => Promise<T>): Promise<T> {
    let written: OutboxRow[] = []
    let afterCommit: (() => void)[] = []
    const result = await this.#database.transaction(async (executor) => {
      const joined: Joined = { executor, unwritten: { rows: [], audits: [] }, afterCommit: [] }
      const value = await work(this.#copy({ joined }))
      written = await write(executor, joined.unwritten, this.now())
      afterCommit = joined.afterCommit
      return value
    })
    this.#means.relay.committed(this.#database, written)
    for (const each of afterCommit) each()
    return result
  }

  /** The same work for another shop: only where one database serves all, the platform's. */
  forTenant(tenant: Tenant): RequestContext {
    return this.#copy({ tenant, joined: this.#joined })
  }

  #copy(changes: { tenant?: Tenant; joined?: Joined }): RequestContext {
    const { tenant, actor, origin } = this
    return new RequestContext(this.#means, { tenant, actor, origin, database: this.#database, ...changes })
  }

  #tx(executor: Executor, unwritten: Unwritten): Tx {
    return extend(executor, {
      emit: <T extends z.ZodType>(event: EventType<T>, data: z.input<T>) => {
        const origin = { service: this.#means.service, tenant: this.tenant, request: this.origin }
        unwritten.rows.push(toRow(origin, event, data, this.now()))
      },
      audit: (action: string, target: string, changes?: unknown) => {
        unwritten.audits.push(this.#auditEntry(action, target, changes))
      },
    })
  }

  #auditEntry(action: string, target: string, changes: unknown): typeof auditLog.$inferInsert {
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

async function write(executor: Executor, { rows, audits }: Unwritten, now: Date): Promise<OutboxRow[]> {
  if (rows.length > 0) await insertRows(executor, rows, now)
  if (audits.length > 0) await executor.insert(auditLog).values(audits)
  return rows
}
