import type { Ctx } from '../../needs.ts'
import type { FailedMessageRow } from '../../schema.ts'
import type { AdminFailedMessageDetails } from '../../shapes/failed-message.ts'
import { fetchFailedMessage, showFailedMessageDetails } from './internal.ts'

export async function adminGetFailedMessage(
  ctx: Ctx,
  id: FailedMessageRow['id'],
): Promise<AdminFailedMessageDetails> {
  return showFailedMessageDetails(await fetchFailedMessage(ctx.db, id))
}
