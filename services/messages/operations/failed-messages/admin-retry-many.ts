import { and, eq, ne } from 'drizzle-orm'
import type { Ctx } from '../../needs.ts'
import { failedMessages } from '../../schema.ts'
import type { FailedMessagesRetry, RetriedFailedMessages } from '../../shapes/failed-message.ts'
import { matching } from './internal.ts'
import { sendAgain } from './send-again.ts'

/**
 * The oldest failed ones that match, `limit` at most. Where the broker goes away in between, those that were sent are
 * counted and the rest is left as it was; throws `unavailable` when none was sent.
 */
export async function adminRetryFailedMessages(
  ctx: Ctx,
  { limit, ...filter }: FailedMessagesRetry,
): Promise<RetriedFailedMessages> {
  const which = and(
    matching(filter),
    eq(failedMessages.status, 'failed'),
    ne(failedMessages.reason, 'invalid'),
  )
  const { sent, refusal } = await sendAgain(ctx, which, limit)
  if (sent === 0 && refusal) throw refusal
  const left = await ctx.db.select({ id: failedMessages.id }).from(failedMessages).where(which).limit(1)
  return { retried: sent, has_more: left.length > 0 }
}
