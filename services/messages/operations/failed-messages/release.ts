import { and, eq, lt } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { earliest } from '../../../../shared/db/earliest.ts'
import type { Ctx } from '../../needs.ts'
import { failedMessages } from '../../schema.ts'

const isUnanswered = (now: Date) => lt(failedMessages.retry_until, now)

/** When the first retry is given up that nobody has answered. */
export const nextUnanswered = (db: Executor): Promise<Date | null> => earliest(db, failedMessages.retry_until)

/**
 * Retries that a crash interrupted, or whose answer was lost with its stream, are failed again and can be repeated.
 * Should the consumer answer after all, they are resolved.
 */
export async function releaseFailedMessages(ctx: Ctx): Promise<void> {
  const now = ctx.now()
  await ctx.db.update(failedMessages).set({ status: 'failed', retry_until: null, updated_at: now })
    .where(and(isUnanswered(now), eq(failedMessages.status, 'retrying')))
}
