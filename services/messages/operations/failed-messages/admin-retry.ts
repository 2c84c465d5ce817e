import { eq } from 'drizzle-orm'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { type FailedMessageRow, failedMessages } from '../../schema.ts'
import type { AdminFailedMessageDetails } from '../../shapes/failed-message.ts'
import { adminGetFailedMessage } from './admin-get.ts'
import { fetchFailedMessage, isEventOf } from './internal.ts'
import { sendAgain } from './send-again.ts'

/**
 * Sends the event to its consumer once more. Also one that is `retrying` already: the inbox of its consumer drops what
 * it has applied. Throws `illegal_transition` for one that is resolved or isn't an event of the shop, `conflict` when it
 * is being sent by another request, and `unavailable` while the broker is away.
 */
export async function adminRetryFailedMessage(
  ctx: Ctx,
  id: FailedMessageRow['id'],
): Promise<AdminFailedMessageDetails> {
  const { status, payload } = await fetchFailedMessage(ctx.db, id)
  if (status === 'resolved') throw new Problem('illegal_transition', 'It has been applied already')
  if (!isEventOf(ctx.tenant.id, payload)) {
    throw new Problem('illegal_transition', 'It is not an event of this shop that can be read')
  }
  const { claimed, refusal } = await sendAgain(ctx, eq(failedMessages.id, id), 1)
  if (claimed === 0) throw new Problem('conflict', 'It has changed meanwhile')
  if (refusal) throw refusal
  return await adminGetFailedMessage(ctx, id)
}
