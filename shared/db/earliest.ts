import { and, asc, isNotNull, type SQL } from 'drizzle-orm'
import type { MySqlColumn, MySqlTable } from 'drizzle-orm/mysql-core'
import type { Executor } from './database.ts'

/**
 * The earliest of these times, `plusMs` milliseconds later; null without any. For a job's `next`: wants an index
 * that begins with what `where` compares and ends with the column.
 */
export async function earliest(
  db: Executor,
  column: MySqlColumn,
  where?: SQL,
  plusMs = 0,
): Promise<Date | null> {
  const [row] = await db.select({ at: column }).from(column.table as MySqlTable)
    .where(and(isNotNull(column), where)).orderBy(asc(column)).limit(1)
  return row ? new Date((row.at as Date).getTime() + plusMs) : null
}
