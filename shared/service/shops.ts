import { DatabaseAdmin, type Migration, readMigrations } from '../db/admin.ts'
import { databaseName } from '../db/databases.ts'
import type { Roamer } from '../db/roamer.ts'
import type { Databases } from '../db/databases.ts'
import { sql } from 'drizzle-orm'
import { edgeSecret, noticeEdge } from '../auth/edge-notice.ts'
import type { Broker } from '../events/broker.ts'
import type { Log } from '../telemetry/log.ts'
import type { Config } from './config.ts'
import { lifecycleOf, type ShopSeed } from './lifecycle.ts'
import { type Caller, portClient } from './port.ts'
import type { Service } from './service.ts'
import type { Tenant } from './tenant.ts'

type Means = { databases: Databases; roamer: Roamer; broker: Broker; caller: Caller; log: Log }

/** Changes of one shop that follow one another this closely are told to the edge as one. */
const NOTICE_DELAY_MS = 250

/**
 * Makes and removes the databases of a shop, all services' alike. Every method can be repeated, and be taken up by
 * another process where one stopped. Only a service of the platform is given it.
 */
export class Shops {
  readonly #services: Service[]
  readonly #shopSeed: ShopSeed
  readonly #config: Config
  readonly #means: Means
  readonly #notices = new Map<string, Promise<void>>()
  #migrations?: Promise<Map<Service, Migration[]>>

  constructor(registry: Service[], config: Config, means: Means) {
    this.#services = registry.filter((service) => service.scope === 'tenant')
    this.#shopSeed = shopSeedOf(this.#services)
    this.#config = config
    this.#means = means
  }

  async createDatabases(tenant: Tenant): Promise<void> {
    await this.#withAdmin(async (admin) => {
      for (const service of this.#services) await admin.create(databaseName(tenant.id, service.name))
    })
  }

  async migrate(tenant: Tenant): Promise<void> {
    const migrations = await (this.#migrations ??= readAll(this.#services))
    await this.#withAdmin(async (admin) => {
      for (const [service, each] of migrations) await admin.build(databaseName(tenant.id, service.name), each)
    })
  }

  /** Each service fills its own database, wherever it runs. */
  async seed(tenant: Tenant, requestId: string): Promise<void> {
    await Promise.all(
      this.#services.filter((service) => service.seed).map((service) =>
        portClient(lifecycleOf(service.name), this.#means.caller, { tenant, requestId }).seed(this.#shopSeed)
      ),
    )
  }

  /** Throws unless each database answers to its own user, with its tables. */
  async verify(tenant: Tenant): Promise<void> {
    for (const service of this.#services) {
      const target = this.#means.databases.target(tenant.id, service.name)
      await this.#means.roamer.visit(target, (db) => db.execute(sql`select count(*) from outbox`))
    }
  }

  async dropDatabases(tenant: Tenant): Promise<void> {
    await this.#withAdmin(async (admin) => {
      for (const service of this.#services) await admin.drop(databaseName(tenant.id, service.name))
    })
  }

  /** What the edge and other processes remember of this shop is out of date. Best effort: their memory is short. */
  routeChanged(tenant: { id: string; domain: string }): Promise<void> {
    this.#means.broker.broadcast('tenants', tenant.id)
    const pending = this.#notices.get(tenant.domain)
    if (pending) return pending
    const notice = new Promise((resolve) => setTimeout(resolve, NOTICE_DELAY_MS)).then(async () => {
      this.#notices.delete(tenant.domain)
      const { EDGE_URL, PLATFORM_SECRET } = this.#config
      if (!EDGE_URL) return
      await noticeEdge(EDGE_URL, edgeSecret(PLATFORM_SECRET), tenant.domain)
        .catch((error) =>
          this.#means.log.warn('edge not told of a change', { domain: tenant.domain, error: String(error) })
        )
    })
    this.#notices.set(tenant.domain, notice)
    return notice
  }

  async #withAdmin(work: (admin: DatabaseAdmin) => Promise<void>): Promise<void> {
    const admin = await DatabaseAdmin.connect(this.#config.DATABASE_URL, this.#config.PLATFORM_SECRET)
    try {
      await work(admin)
    } finally {
      await admin.close()
    }
  }
}

async function readAll(services: Service[]): Promise<Map<Service, Migration[]>> {
  return new Map(
    await Promise.all(
      services.map(async (service) =>
        [service, await readMigrations(service.migrations)] as [Service, Migration[]]
      ),
    ),
  )
}

/** What all services together ask for, and what the roles of a new shop have of it. */
export function shopSeedOf(services: Service[]): ShopSeed {
  const declared = services.flatMap((service) => service.permissions ?? [])
  const roles: Record<string, string[]> = {}
  for (const [role, granted] of declared.flatMap((each) => Object.entries(each.roles))) {
    roles[role] = [...roles[role] ?? [], ...granted]
  }
  const permissions = declared.flatMap(({ actions }) =>
    Object.entries(actions).flatMap(([resource, each]) => each.map((action) => `${resource}.${action}`))
  )
  return { permissions, roles }
}
