import { eq } from 'drizzle-orm'
import { requireRow } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { type FailedMessageRow, failedMessages } from '../../schema.ts'
import { fetchFailedMessage } from './internal.ts'

/** Forgets it: the event is never applied by that consumer. */
export async function adminDeleteFailedMessage(ctx: Ctx, id: FailedMessageRow['id']): Promise<void> {
  await ctx.transaction(async (tx) => {
    const { consumer, event_id, event_type } = await fetchFailedMessage(tx, id)
    await requireRow(tx.delete(failedMessages).where(eq(failedMessages.id, id)))
    tx.audit('failed_message.deleted', id, { consumer, event_id, event_type })
  })
}
