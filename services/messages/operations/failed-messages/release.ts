import { and, eq, lt } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import type { Ctx } from '../../needs.ts'
import { failedMessages } from '../../schema.ts'

const isUnanswered = (now: Date) => lt(failedMessages.retry_until, now)

export async function hasUnanswered(db: Executor, now: Date): Promise<boolean> {
  const rows = await db.select({ id: failedMessages.id }).from(failedMessages).where(isUnanswered(now)).limit(
    1,
  )
  return rows.length > 0
}

/**
 * Retries that a crash interrupted, or whose answer was lost with its stream, are failed again and can be repeated.
 * Should the consumer answer after all, they are resolved.
 */
export async function releaseFailedMessages(ctx: Ctx): Promise<void> {
  const now = ctx.now()
  await ctx.db.update(failedMessages).set({ status: 'failed', retry_until: null, updated_at: now })
    .where(and(isUnanswered(now), eq(failedMessages.status, 'retrying')))
}
