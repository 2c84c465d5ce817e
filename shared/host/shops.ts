import { like, sql } from 'drizzle-orm'
import { outbox } from '../db/tables.ts'
import { edgeSecret, noticeEdge } from '../auth/edge-notice.ts'
import { DatabaseAdmin, type Migration, readMigrations } from '../db/admin.ts'
import { databaseName, type Databases } from '../db/databases.ts'
import type { Roamer } from '../db/roamer.ts'
import type { Broker } from '../events/broker.ts'
import { purgeTenant } from '../events/purge.ts'
import type { Log } from '../telemetry/log.ts'
import type { Config } from './config.ts'
import type { Service } from '../service/service.ts'
import { type ShopSeed, shopSeedOf } from '../service/shop-seed.ts'
import { type Levels, type MayAct, type Shops, Superseded } from '../service/shops.ts'
import type { Tenant } from '../kernel/tenant.ts'

type Means = {
  databases: Databases
  roamer: Roamer
  broker: Broker
  log: Log
  /** Fills one database of a shop with what this release's service starts with. */
  seed: (service: Service, tenant: Tenant, seed: ShopSeed) => Promise<unknown>
}

/** Changes of one shop that follow one another this closely are told to the edge as one. */
const NOTICE_DELAY_MS = 250

/** The databases of shops, on the server of this region. */
export class ShopDatabases implements Shops {
  readonly #services: Service[]
  readonly #shopSeed: ShopSeed
  readonly #config: Config
  readonly #means: Means
  readonly #notices = new Map<string, Promise<void>>()
  #migrations?: Promise<[Service, Migration[]][]>

  constructor(registry: Service[], config: Config, means: Means) {
    this.#services = registry.filter((service) => service.scope === 'tenant')
    this.#shopSeed = shopSeedOf(this.#services)
    this.#config = config
    this.#means = means
  }

  async levels(): Promise<Levels> {
    const levels = (await this.#read()).map(([{ name }, each]) => [name, each.at(-1)?.name ?? ''])
    return Object.fromEntries(levels)
  }

  async build(tenant: Tenant, maker: string, mayAct: MayAct): Promise<void> {
    const migrations = await this.#read()
    await this.#exclusively(tenant.id, mayAct, async (admin) => {
      for (const [service, each] of migrations) {
        const database = databaseName(tenant.id, service.name)
        await admin.createFor(maker, database)
        await admin.migrate(database, each)
      }
    })
  }

  async upgrade(tenant: Tenant, mayAct: MayAct): Promise<{ database: string; names: string[] }[]> {
    const migrations = await this.#read()
    const applied: { database: string; names: string[] }[] = []
    await this.#exclusively(tenant.id, mayAct, async (admin) => {
      for (const [service, each] of migrations) {
        const database = databaseName(tenant.id, service.name)
        await admin.create(database)
        const names = await admin.migrate(database, each)
        if (names.length > 0) applied.push({ database, names })
      }
    })
    await this.seed(tenant)
    return applied
  }

  async seed(tenant: Tenant): Promise<void> {
    await Promise.all(
      this.#services.filter((service) => service.seed).map((service) =>
        this.#means.seed(service, tenant, this.#shopSeed)
      ),
    )
  }

  async verify(tenant: Tenant): Promise<void> {
    for (const service of this.#services) {
      const target = this.#means.databases.target(tenant.id, service.name)
      await this.#means.roamer.visit(target, (db) => db.execute(sql`select count(*) from outbox`))
    }
  }

  async release(tenant: string, maker: string, mayAct: MayAct): Promise<void> {
    await this.#exclusively(tenant, mayAct, async (admin) => {
      for (const database of await admin.databasesOf(tenant)) await admin.release(maker, database)
    })
  }

  async undo(tenant: string, maker: string, mayAct: MayAct): Promise<void> {
    await this.#exclusively(tenant, mayAct, async (admin) => {
      for (const database of await admin.databasesOf(tenant)) await admin.dropOf(maker, database)
    })
  }

  async remove(tenant: string, mayAct: MayAct): Promise<void> {
    await this.#exclusively(tenant, mayAct, async (admin) => {
      for (const database of await admin.databasesOf(tenant)) await admin.drop(database)
    })
  }

  async purgeEvents(tenant: Pick<Tenant, 'id' | 'shard'>): Promise<void> {
    await purgeTenant(this.#means.broker, tenant.shard, tenant.id)
    await this.#means.databases.platform().executor.delete(outbox)
      .where(like(outbox.subject, `events.%.${tenant.id}.%`))
  }

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

  /** Throws `Superseded` when the caller may not act any more. */
  async #exclusively(
    tenant: string,
    mayAct: MayAct,
    work: (admin: DatabaseAdmin) => Promise<void>,
  ): Promise<void> {
    const admin = await DatabaseAdmin.connect(this.#config.DATABASE_URL, this.#config.PLATFORM_SECRET)
    try {
      await admin.exclusively(tenant, async () => {
        if (!await mayAct()) throw new Superseded(`another process has taken over ${tenant}`)
        await work(admin)
      })
    } finally {
      await admin.close()
    }
  }

  #read(): Promise<[Service, Migration[]][]> {
    return this.#migrations ??= Promise.all(
      this.#services.map(async (service) =>
        [service, await readMigrations(service.migrations)] as [Service, Migration[]]
      ),
    )
  }
}
