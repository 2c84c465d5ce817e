import { eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { type FailedMessageRow, failedMessages } from '../../schema.ts'
import { fetchFailedMessage } from './internal.ts'

/** Forgets it: the event is never applied by that consumer. */
export async function adminDeleteFailedMessage(ctx: Ctx, id: FailedMessageRow['id']): Promise<void> {
  await ctx.transaction(async (tx) => {
    const { consumer, event_id, event_type } = await fetchFailedMessage(tx, id)
    const result = await tx.delete(failedMessages).where(eq(failedMessages.id, id))
    if (affectedRows(result) === 0) throw new Problem('not_found')
    tx.audit('failed_message.deleted', id, { consumer, event_id, event_type })
  })
}
