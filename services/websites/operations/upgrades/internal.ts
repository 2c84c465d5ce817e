import { sql } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import type { Levels } from '../../../../shared/service/shops.ts'
import { schemaLevels } from '../../schema.ts'

/** A level only rises: an older release that works on the shop has not taken anything away. */
export async function noteLevels(db: Executor, tenant_id: string, levels: Levels): Promise<void> {
  const rows = Object.entries(levels).map(([service, last_migration]) => ({
    tenant_id,
    service,
    last_migration,
  }))
  const { last_migration } = schemaLevels
  await db.insert(schemaLevels).values(rows).onDuplicateKeyUpdate({
    set: { last_migration: sql`greatest(${last_migration}, values(${last_migration}))` },
  })
}
