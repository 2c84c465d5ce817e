import { DatabaseAdmin, readMigrations } from '../db/admin.ts'
import { databaseName, PLATFORM_DATABASE } from '../db/databases.ts'
import type { Service } from './service.ts'

/** The user with which the edge looks shops up, and all that it may read. */
export const EDGE_READER = { user: 'edge_reader', database: PLATFORM_DATABASE, tables: ['shop_routes'] }

type Options = { databaseUrl: string; platformSecret: string; onMigrated?: (database: string, names: string[]) => void }

/** Brings the platform's database, which it makes, and every shop's to the state of this release. */
export async function migrateAll(registry: Service[], options: Options): Promise<void> {
  const admin = await DatabaseAdmin.connect(options.databaseUrl, options.platformSecret)
  const bring = async (database: string, service: Service) => {
    const names = await admin.migrate(database, await readMigrations(service.migrations))
    if (names.length > 0) options.onMigrated?.(database, names)
  }
  try {
    for (const service of registry.filter((each) => each.scope === 'platform')) {
      await admin.create(PLATFORM_DATABASE)
      await bring(PLATFORM_DATABASE, service)
    }
    await admin.grantRead(EDGE_READER.user, EDGE_READER.database, EDGE_READER.tables)
    for (const tenant of await admin.tenants()) {
      for (const service of registry.filter((each) => each.scope === 'tenant')) {
        const database = databaseName(tenant, service.name)
        await admin.create(database) // a service that came with this release
        await bring(database, service)
      }
    }
  } finally {
    await admin.close()
  }
}
