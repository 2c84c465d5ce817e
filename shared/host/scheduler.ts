import type { Database } from '../db/database.ts'
import type { Databases } from '../db/databases.ts'
import type { Due, DueWork, Place } from '../db/due/due-work.ts'
import { purge } from '../db/purge.ts'
import type { Roamer } from '../db/roamer.ts'
import type { Relay } from '../events/relay.ts'
import type { Log } from '../telemetry/log.ts'
import type { RequestContext } from './request-context.ts'
import type { Service } from '../service/service.ts'
import type { Tenant } from '../kernel/tenant.ts'
import { backOff, nextUnpublished, type Outcome, visit, type Work, workOf } from './visit.ts'

type Means = {
  dueWork: DueWork
  databases: Databases
  roamer: Roamer
  relay: Relay
  log: Log
  tenants: () => Promise<Tenant[]>
  /** Undefined: the shop is gone. */
  tenant: (id: string) => Promise<Tenant | undefined>
  databaseOf: (service: Service, tenant: Tenant) => Database
  contextOf: (service: Service, tenant: Tenant, name: string) => RequestContext
  platform: Tenant
}

/** Visits at once. One that takes longer than `SLOW_MS` makes room for another: a dead provider holds up its shop alone. */
const MAX_VISITS = 16
const SLOW_MS = 5_000
const MAX_UNFINISHED = 200
const CENSUS_EVERY_MS = 3_600_000
/** A shop that nobody has marked yet is looked at some time soon, not all of them at once. */
const CENSUS_SPREAD_MS = 5 * 60_000
/** One database, which nobody marks. */
const PLATFORM_EVERY_MS = 3_000
const LEASE_MS = { min: 5_000, max: 15_000 }

/**
 * Runs what is due by the clock: services' jobs, the events that a crash or an outage left in the outboxes, and the
 * daily upkeep. Which databases have anything due is read from an index, so that idle shops cost one look a day; any
 * number of processes share it, each for the services that it hosts. A shop is visited by one of a process's visits
 * at a time, and visited less often while it fails: it can delay no other.
 */
export class Scheduler {
  readonly #means: Means
  readonly #services: Map<string, Service>
  readonly #running = new Map<string, { place: Place; done: Promise<void> }>()
  #taken = 0
  #everyMs = 30_000
  #renewedAt = 0
  #stopped = false
  #loop: Promise<void> = Promise.resolve()
  #censusTimer?: ReturnType<typeof setTimeout>
  #wake = () => {}

  constructor(services: Service[], means: Means) {
    this.#services = new Map(services.map((service) => [service.name, service]))
    this.#means = means
  }

  /** `everyMs`: after what time, at most, unfinished work of a stopped process is looked for. */
  start(everyMs: number): void {
    this.#everyMs = everyMs
    this.#census()
    this.#loop = this.#work()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#censusTimer)
    this.#wake()
    await this.#loop
    await Promise.allSettled([...this.#running.values()].map(({ done }) => done))
  }

  /** Something was away and is back: what would be looked at soon is looked at now. */
  async sweep(): Promise<void> {
    const now = new Date()
    await this.#means.dueWork.hurry([...this.#services.keys()], now, after(now, this.#everyMs))
    this.#wake()
  }

  async #work(): Promise<void> {
    const idleMs = Math.min(1_000, this.#everyMs / 4)
    while (!this.#stopped) {
      const claimed = await this.#claim().catch((error) => {
        this.#means.log.warn('due work not found', { error })
        return 0
      })
      // With something to do the next claim follows the first visit to end.
      await this.#sleep(claimed > 0 && this.#taken === 0 ? 0 : idleMs)
    }
  }

  async #claim(): Promise<number> {
    const { dueWork } = this.#means
    const now = new Date()
    const leaseMs = Math.min(LEASE_MS.max, Math.max(LEASE_MS.min, this.#everyMs))
    if (this.#running.size > 0 && now.getTime() - this.#renewedAt > leaseMs / 3) {
      this.#renewedAt = now.getTime()
      await dueWork.renew([...this.#running.values()].map(({ place }) => place), after(now, leaseMs))
    }
    const free = Math.min(MAX_VISITS - this.#taken, MAX_UNFINISHED - this.#running.size)
    if (free <= 0 || this.#services.size === 0) return 0
    const busy = [...this.#running.keys()]
    const due = await dueWork.claim([...this.#services.keys()], busy, free, now, after(now, leaseMs))
    for (const place of due) this.#begin(place)
    return due.length
  }

  #begin(place: Due): void {
    this.#taken++
    let isCounted = true
    const leave = () => {
      if (isCounted) this.#taken--
      isCounted = false
      this.#wake()
    }
    const slow = setTimeout(leave, SLOW_MS)
    const done = this.#visit(place)
      .catch((error) => this.#means.log.warn('due work not settled', { ...placeOf(place), error }))
      .finally(() => {
        clearTimeout(slow)
        this.#running.delete(place.tenant)
        leave()
      })
    this.#running.set(place.tenant, { place, done })
  }

  async #visit(place: Due): Promise<void> {
    const { dueWork, log } = this.#means
    const service = this.#services.get(place.service)!
    const lookedAt = new Date()
    try {
      const tenant = await this.#tenantOf(service, place)
      if (!tenant) return await dueWork.forget(place, lookedAt)
      const { next, ...rest } = await this.#look(service, tenant, place)
      await dueWork.settle({ ...place, ...rest }, lookedAt, this.#atMost(service, next))
    } catch (error) {
      log.warn('scheduled work failed', { ...placeOf(place), error })
      const failures = place.failures + 1
      const next = after(new Date(), backOff(failures))
      await dueWork.settle({ ...place, upkeepAt: later(place.upkeepAt, next), failures }, lookedAt, next)
    }
  }

  #look(service: Service, tenant: Tenant, place: Due): Promise<Outcome> {
    const { databases, roamer, log } = this.#means
    const isPlatform = service.scope === 'platform'
    const login = isPlatform ? databases.platformTarget() : databases.target(tenant.id, service.name)
    return visit(place, this.#worksOf(service, tenant), {
      look: (read) => roamer.visit(login, read),
      now: () => new Date(),
      onFailure: ({ name }, error) =>
        log.warn('scheduled work failed', { ...placeOf(place), job: name, error }),
    })
  }

  #worksOf(service: Service, tenant: Tenant): Work[] {
    const { relay, databaseOf, contextOf } = this.#means
    const database = databaseOf(service, tenant)
    return [
      {
        name: 'outbox',
        next: nextUnpublished,
        pauseMs: this.#everyMs, // the broker is away
        run: () => relay.sweep(database),
      },
      { name: 'purge', pauseMs: 0, run: () => purge(database.executor, new Date()) },
      ...workOf(service, (job) => job.run(contextOf(service, tenant, job.name))),
    ]
  }

  /** Cheap: it is remembered for a while. */
  async #tenantOf(service: Service, { tenant }: Place): Promise<Tenant | undefined> {
    return service.scope === 'platform' ? this.#means.platform : await this.#means.tenant(tenant)
  }

  #atMost({ scope }: Service, next: Date): Date {
    if (scope === 'tenant') return next
    const at = after(new Date(), Math.min(PLATFORM_EVERY_MS, this.#everyMs))
    return next < at ? next : at
  }

  /** Makes sure that every shop has its rows: its first look, and its upkeep, need nobody to write. */
  #census(): void {
    const census = async () => {
      const { dueWork, platform, tenants } = this.#means
      const services = [...this.#services.values()]
      const ofPlatform = services.filter((service) => service.scope === 'platform')
      const ofShops = services.filter((service) => service.scope === 'tenant')
      await dueWork.know(
        ofPlatform.map(({ name }) => ({ service: name, tenant: platform.id })),
        () => new Date(),
      )
      const shops = ofShops.length > 0 ? await tenants() : []
      const places = shops.flatMap(({ id }) => ofShops.map(({ name }) => ({ service: name, tenant: id })))
      await dueWork.know(places, () => after(new Date(), Math.random() * CENSUS_SPREAD_MS))
    }
    const again = (ms: number) => {
      if (!this.#stopped) this.#censusTimer = setTimeout(() => this.#census(), ms)
    }
    census().then(() => again(CENSUS_EVERY_MS), (error) => {
      this.#means.log.warn('shops not counted', { error })
      again(PLATFORM_EVERY_MS)
    })
  }

  #sleep(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => (clearTimeout(timer), resolve())
    })
  }
}

const placeOf = ({ service, tenant }: Place) => ({ service, tenant })
const after = (time: Date, ms: number) => new Date(time.getTime() + ms)
const later = (a: Date, b: Date) => a > b ? a : b
