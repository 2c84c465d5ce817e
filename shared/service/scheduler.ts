import { and, isNull, lt, sql } from 'drizzle-orm'
import type { Databases } from '../db/databases.ts'
import { databaseName, PLATFORM_DATABASE } from '../db/databases.ts'
import type { Database, Executor } from '../db/database.ts'
import type { Roamer } from '../db/roamer.ts'
import { idempotencyKeys, inbox, outbox } from '../db/tables.ts'
import type { Relay } from '../events/relay.ts'
import type { Log } from '../telemetry/log.ts'
import type { RequestContext } from './request-context.ts'
import type { Job, Service } from './service.ts'
import type { Tenant } from './tenant.ts'

const DAY_MS = 24 * 3600 * 1000
const OUTBOX_KEPT_MS = 7 * DAY_MS
/** Longer than any event can come back. */
const INBOX_KEPT_MS = 14 * DAY_MS
const IDEMPOTENCY_KEPT_MS = DAY_MS
const PURGE_BATCH = 5_000

type Means = {
  databases: Databases
  roamer: Roamer
  relay: Relay
  log: Log
  tenants: () => Promise<Tenant[]>
  databaseOf: (service: Service, tenant: Tenant) => Database
  contextOf: (service: Service, tenant: Tenant, name: string) => RequestContext
  platform: Tenant
}

/**
 * Runs what is due by the clock, for every shop: services' jobs, and the kernel's own sweep of outboxes and purge of
 * old rows. Each shop is looked at through one roaming connection; only where there is work is a pool used.
 */
export class Scheduler {
  readonly #means: Means
  readonly #services: Service[]
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #running = new Set<Promise<unknown>>()
  #stopped = false

  constructor(services: Service[], means: Means) {
    this.#services = services
    this.#means = means
  }

  start(sweepEveryMs: number): void {
    this.#repeat('outbox-sweep', sweepEveryMs, () => this.sweep())
    this.#repeat('purge', 3_600_000, () => this.#purge())
    for (const service of this.#services) {
      for (const job of service.jobs) {
        this.#repeat(`${service.name}.${job.name}`, job.everyMs, () => this.#run(service, job))
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    await Promise.allSettled(this.#running)
  }

  /** Publishes what crashes and outages left in the outboxes. */
  sweep(): Promise<void> {
    return this.#everywhere(
      this.#services,
      hasOverdue,
      (service, tenant) => this.#means.relay.sweep(this.#means.databaseOf(service, tenant)),
    )
  }

  #run(service: Service, job: Job): Promise<void> {
    const look = (db: Executor) => job.due ? job.due(db, new Date()) : Promise.resolve(true)
    return this.#everywhere(
      [service],
      look,
      (_, tenant) => job.run(this.#means.contextOf(service, tenant, job.name)),
    )
  }

  #purge(): Promise<void> {
    return this.#everywhere(this.#services, purge, () => Promise.resolve())
  }

  /** Looks into every database of these services and acts where there is work. One that fails doesn't stop the rest. */
  async #everywhere(
    services: Service[],
    look: (db: Executor) => Promise<boolean>,
    act: (service: Service, tenant: Tenant) => Promise<unknown>,
  ): Promise<void> {
    const { platform, roamer, databases, log } = this.#means
    const tenants = services.some((service) => service.scope === 'tenant') ? await this.#means.tenants() : []
    for (const service of services) {
      for (const tenant of service.scope === 'platform' ? [platform] : tenants) {
        if (this.#stopped) return
        const name = service.scope === 'platform' ? PLATFORM_DATABASE : databaseName(tenant.id, service.name)
        try {
          if (await roamer.visit(databases.target(name, 1), look)) await act(service, tenant)
        } catch (error) {
          log.warn('scheduled work failed', { service: service.name, tenant: tenant.id, error })
        }
      }
    }
  }

  /** The next run starts its period after the end of the last; the first one soon, a little apart from others'. */
  #repeat(name: string, everyMs: number, work: () => Promise<unknown>): void {
    const schedule = (delayMs: number) => {
      if (this.#stopped) return
      this.#timers.set(
        name,
        setTimeout(async () => {
          const run = work().catch((error) =>
            this.#means.log.warn('scheduled work failed', { job: name, error })
          )
          this.#running.add(run)
          await run
          this.#running.delete(run)
          schedule(everyMs)
        }, delayMs),
      )
    }
    schedule(Math.min(everyMs, 1_000) * (0.5 + Math.random() / 2))
  }
}

async function hasOverdue(db: Executor): Promise<boolean> {
  const rows = await db.select({ found: sql`1` }).from(outbox)
    .where(and(isNull(outbox.published_at), lt(outbox.claimed_until, new Date()))).limit(1)
  return rows.length > 0
}

async function purge(db: Executor): Promise<false> {
  const before = (ms: number) => new Date(Date.now() - ms)
  await db.delete(outbox).where(lt(outbox.published_at, before(OUTBOX_KEPT_MS))).limit(PURGE_BATCH)
  await db.delete(inbox).where(lt(inbox.applied_at, before(INBOX_KEPT_MS))).limit(PURGE_BATCH)
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.created_at, before(IDEMPOTENCY_KEPT_MS))).limit(
    PURGE_BATCH,
  )
  return false
}
