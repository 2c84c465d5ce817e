import type { z } from '@hono/zod-openapi'
import type { Actor } from '../auth/actor.ts'
import type { Executor } from '../db/database.ts'
import type { EventType } from '../events/event.ts'
import type { ShopBroker } from '../events/shop-broker.ts'
import type { Id } from '../kernel/id.ts'
import type { Log } from '../telemetry/log.ts'
import type { Config } from './config.ts'
import type { Port, PortClients } from './port.ts'
import type { Shops } from './shops.ts'
import type { Tenant } from './tenant.ts'

/** Where a piece of work comes from, kept through every call and event it causes. */
export type Origin = {
  id: string
  correlationId: string
  causationId?: string
  traceparent?: string
  ip?: string
  userAgent?: string
}

export type Settings = Readonly<
  Pick<Config, 'SHOP_DOMAIN' | 'EDGE_URL' | 'PLATFORM_HOST' | 'CHECKOUT_LEASE_MS'>
>

/** A transaction: Drizzle's queries, and what has to commit with them. */
export type Tx = Executor & {
  /** Writes the event to the outbox with this transaction; it leaves for JetStream after the commit. */
  emit<T extends z.ZodType>(event: EventType<T>, data: z.input<T>): void
  /** Writes who did what to the audit log with this transaction. */
  audit(action: string, target: string, changes?: unknown): void
}

/** Everything an operation needs that isn't its input. */
export type Context<N extends Record<string, Port> = Record<never, Port>> = {
  readonly tenant: Tenant
  readonly actor: Actor
  /** For reads. Inside a consumer it is the consumer's transaction. */
  readonly db: Executor
  /**
   * Commits what `work` did, its events and its audit entries together, or nothing. May run `work` again after a
   * deadlock. Inside a consumer it joins the consumer's transaction.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  readonly ports: PortClients<N>
  /** Asks somebody who isn't part of the platform, a payment provider: what was written before is committed by then. */
  outside<T>(work: () => Promise<T>): Promise<T>
  now(): Date
  newId<P extends string>(prefix: P): Id<P>
  readonly log: Log
  readonly origin: Origin
  /** The same for every attempt at one idempotent request; a new one where there is no Idempotency-Key. */
  readonly operationId: Id<'op'>
  /** What the process was configured with, where an operation has to know. */
  readonly settings: Settings
  /** A key of this service and shop for one purpose, 32 bytes as base64url. Derived, never stored. */
  secret(purpose: string): string
  /** Makes and removes the databases of shops. Only services of the platform have it. */
  readonly shops: Shops
  /** The same work for another shop: only where one database serves all, the platform's. */
  forTenant(tenant: Tenant): Context<N>
  /** What of the broker belongs to this shop: its failed events sent once more, how far its consumers are. */
  readonly broker: ShopBroker
  /** For what others may only hear of once it is true: at once, or when a consumer's transaction has committed. */
  afterCommit(work: () => void): void
  /** Tells every process at once, best effort: caches hear of a change before their time is up. */
  broadcast(topic: string, body?: string): void
}
