import { like, sql } from 'drizzle-orm'
import { edgeSecret, noticeEdge } from '../auth/edge-notice.ts'
import { DatabaseAdmin, type Migration, readMigrations } from '../db/admin.ts'
import { databaseName, type Databases } from '../db/databases.ts'
import type { Roamer } from '../db/roamer.ts'
import { outbox } from '../db/tables.ts'
import type { Broker } from '../events/broker.ts'
import { purgeTenant } from '../events/purge.ts'
import type { Log } from '../telemetry/log.ts'
import type { Tenant } from '../kernel/tenant.ts'
import type { Service } from '../service/service.ts'
import { type ShopSeed, shopSeedOf } from '../service/shop-seed.ts'
import { type Levels, type MayAct, type Shops, Superseded } from '../service/shops.ts'
import type { Config } from './config.ts'

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

  /** What this release brings a shop to. */
  async levels(): Promise<Levels> {
    const levels = (await this.#read()).map(([{ name }, each]) => [name, each.at(-1)?.name ?? ''])
    return Object.fromEntries(levels)
  }

  /** Makes the databases of a new shop and their tables, in the name of `maker`. */
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

  /** Brings the databases of a shop that sells to this release, makes those that came with it, and seeds them. */
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

  /** What services start with. Once more without harm. */
  async seed(tenant: Tenant): Promise<void> {
    await Promise.all(
      this.#services.filter((service) => service.seed).map((service) =>
        this.#means.seed(service, tenant, this.#shopSeed)
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

  /** The shop has begun to sell: what `maker` made can't be undone any more. */
  async release(tenant: string, maker: string, mayAct: MayAct): Promise<void> {
    await this.#exclusively(tenant, mayAct, async (admin) => {
      for (const database of await admin.databasesOf(tenant)) await admin.release(maker, database)
    })
  }

  /** Undoes `build`: removes what `maker` made and has not released, and nothing else. */
  async undo(tenant: string, maker: string, mayAct: MayAct): Promise<void> {
    await this.#exclusively(tenant, mayAct, async (admin) => {
      for (const database of await admin.databasesOf(tenant)) await admin.dropOf(maker, database)
    })
  }

  /** Removes every database of a shop, for good: those that only another release knows, too. */
  async remove(tenant: string, mayAct: MayAct): Promise<void> {
    await this.#exclusively(tenant, mayAct, async (admin) => {
      for (const database of await admin.databasesOf(tenant)) await admin.drop(database)
    })
  }

  /** Removes what the streams keep of this shop, for good. Throws `unavailable` while the broker is away. */
  async purgeEvents(tenant: Pick<Tenant, 'id' | 'shard'>): Promise<void> {
    await purgeTenant(this.#means.broker, tenant.shard, tenant.id)
    await this.#means.databases.platform().executor.delete(outbox)
      .where(like(outbox.subject, `events.%.${tenant.id}.%`))
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
