import { asc, lt } from 'drizzle-orm'
import { inBatches, turnOf } from '../../../../shared/db/batches.ts'
import type { Ctx } from '../../needs.ts'
import { failedMessages } from '../../schema.ts'

/** As long as the stream of dead letters keeps them: events name people, and nobody retries after a month. */
const KEPT_MS = 30 * 24 * 3_600_000
const BATCH = 500
const TURN_MS = 2_000

/** Removes what failed long ago, whatever became of it. Answers whether more is left. */
export async function purgeFailedMessages(ctx: Ctx): Promise<boolean> {
  const isExpired = lt(failedMessages.failed_at, new Date(ctx.now().getTime() - KEPT_MS))
  return await inBatches(
    BATCH,
    () => ctx.db.delete(failedMessages).where(isExpired).orderBy(asc(failedMessages.failed_at)).limit(BATCH),
    turnOf(TURN_MS),
  )
}
