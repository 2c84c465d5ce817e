import { asc, lt } from 'drizzle-orm'
import type { MySqlColumn, MySqlTable } from 'drizzle-orm/mysql-core'
import { inBatches, turnOf } from './batches.ts'
import type { Executor } from './database.ts'
import { idempotencyKeys, inbox, outbox } from './tables.ts'

const DAY_MS = 24 * 3_600_000
const BATCH = 2_000
/** Of one database: whatever is left then waits until the other shops have had their turn. */
const TURN_MS = 2_000

/** How long rows are kept after that time. Each column begins an index. */
const KEPT: [MySqlTable, MySqlColumn, number][] = [
  [outbox, outbox.published_at, 7 * DAY_MS],
  // Longer than any event can come back.
  [inbox, inbox.applied_at, 14 * DAY_MS],
  [idempotencyKeys, idempotencyKeys.created_at, DAY_MS],
]

/** Removes what the kernel's tables needn't keep any longer. Answers whether more is left than one turn removes. */
export async function purge(db: Executor, now: Date): Promise<boolean> {
  const isOver = turnOf(TURN_MS)
  for (const [table, column, keptMs] of KEPT) {
    const before = new Date(now.getTime() - keptMs)
    const remove = () => db.delete(table).where(lt(column, before)).orderBy(asc(column)).limit(BATCH)
    if (await inBatches(BATCH, remove, isOver)) return true
  }
  return false
}
