import { asc, lt } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import type { Ctx } from '../../needs.ts'
import { failedMessages } from '../../schema.ts'

/** As long as the stream of dead letters keeps them: events name people, and nobody retries after a month. */
const KEPT_MS = 30 * 24 * 3_600_000
const BATCH = 500

const isExpired = (now: Date) => lt(failedMessages.failed_at, new Date(now.getTime() - KEPT_MS))

export async function hasExpired(db: Executor, now: Date): Promise<boolean> {
  const rows = await db.select({ id: failedMessages.id }).from(failedMessages).where(isExpired(now)).limit(1)
  return rows.length > 0
}

/** Removes what failed long ago, whatever became of it. */
export async function purgeFailedMessages(ctx: Ctx): Promise<void> {
  const batch = () =>
    ctx.db.delete(failedMessages).where(isExpired(ctx.now())).orderBy(asc(failedMessages.failed_at)).limit(
      BATCH,
    )
  while (affectedRows(await batch()) === BATCH);
}
