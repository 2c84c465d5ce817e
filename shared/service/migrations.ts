import { DatabaseAdmin, readMigrations } from '../db/admin.ts'
import { databaseName, PLATFORM_DATABASE } from '../db/databases.ts'
import type { Config } from './config.ts'
import { Host } from './host.ts'
import type { Service } from './service.ts'
import { shopSeedOf } from './shops.ts'

/** The user with which the edge looks shops up, and all that it may read. */
export const EDGE_READER = { user: 'edge_reader', database: PLATFORM_DATABASE, tables: ['shop_routes'] }

type OnMigrated = (database: string, names: string[]) => void

/**
 * Brings the platform's database, which it makes, and every shop's to the state of this release: their tables, then what
 * services seed them with. Run it before the processes of the release start; again without harm.
 */
export async function migrateAll(
  registry: Service[],
  config: Config,
  onMigrated: OnMigrated = () => {},
): Promise<void> {
  const tenants = await migrateTables(registry, config, onMigrated)
  if (tenants > 0) await seedShops(registry, config)
}

async function migrateTables(registry: Service[], config: Config, onMigrated: OnMigrated): Promise<number> {
  const admin = await DatabaseAdmin.connect(config.DATABASE_URL, config.PLATFORM_SECRET)
  const bring = async (database: string, service: Service) => {
    const names = await admin.migrate(database, await readMigrations(service.migrations))
    if (names.length > 0) onMigrated(database, names)
  }
  try {
    for (const service of registry.filter((each) => each.scope === 'platform')) {
      await admin.create(PLATFORM_DATABASE)
      await bring(PLATFORM_DATABASE, service)
    }
    await admin.grantRead(EDGE_READER.user, EDGE_READER.database, EDGE_READER.tables)
    const tenants = await admin.tenants()
    for (const tenant of tenants) {
      for (const service of registry.filter((each) => each.scope === 'tenant')) {
        const database = databaseName(tenant, service.name)
        await admin.create(database) // a service that came with this release
        await bring(database, service)
      }
    }
    return tenants.length
  } finally {
    await admin.close()
  }
}

async function seedShops(registry: Service[], config: Config): Promise<void> {
  const host = new Host(registry, { ...config, SERVICES: undefined })
  const seed = shopSeedOf(registry)
  try {
    for (const tenant of await host.tenants()) {
      for (const service of registry) {
        if (service.scope === 'tenant') {
          await service.seed?.(host.systemContext(service, tenant, 'seed'), seed)
        }
      }
    }
  } finally {
    await host.stop()
  }
}
