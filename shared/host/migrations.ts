import { DatabaseAdmin, readMigrations } from '../db/admin.ts'
import { EDGE_READER } from '../db/edge-reader.ts'
import { PLATFORM_DATABASE } from '../db/databases.ts'
import type { Config } from './config.ts'
import { Host } from './host.ts'
import type { Service } from '../service/service.ts'

type OnMigrated = (database: string, names: string[]) => void

/**
 * Brings the platform's database, which it makes, and every shop's to the state of this release: their tables, then what
 * services seed them with. Run it before the processes of the release start; again, or twice at once, without harm. A
 * shop that can't be brought up keeps back no other: all of them are told at the end. Shops that are made meanwhile, and
 * later by processes of the release before, get theirs from the first process of this one.
 */
export async function migrateAll(
  registry: Service[],
  config: Config,
  onMigrated: OnMigrated = () => {},
): Promise<void> {
  await migratePlatform(registry.filter((service) => service.scope === 'platform'), config, onMigrated)
  const host = new Host(registry, { ...config, SERVICES: undefined })
  const failures: string[] = []
  try {
    for (const { id } of await host.tenants()) {
      try {
        for (const { database, names } of await host.upgrade(id)) onMigrated(database, names)
      } catch (error) {
        failures.push(`${id}: ${(error as Error).message}`)
      }
    }
  } finally {
    await host.stop()
  }
  if (failures.length > 0) throw new Error(`not brought to this release:\n${failures.join('\n')}`)
}

async function migratePlatform(services: Service[], config: Config, onMigrated: OnMigrated): Promise<void> {
  const admin = await DatabaseAdmin.connect(config.DATABASE_URL, config.PLATFORM_SECRET)
  try {
    await admin.exclusively('platform', async () => {
      await admin.create(PLATFORM_DATABASE)
      for (const service of services) {
        const names = await admin.migrate(PLATFORM_DATABASE, await readMigrations(service.migrations))
        if (names.length > 0) onMigrated(PLATFORM_DATABASE, names)
      }
      await admin.grantRead(EDGE_READER.user, EDGE_READER.database, EDGE_READER.tables)
    })
  } finally {
    await admin.close()
  }
}
