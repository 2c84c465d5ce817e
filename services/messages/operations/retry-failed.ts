import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Ctx } from '../needs.ts'
import { type FailedMessageRow, failedMessages } from '../schema.ts'
import type { FailedMessageDetails, RetriedMany, RetryOfMany } from '../shapes/failed-message.ts'
import { fetchFailedMessage, getFailedMessage, matching } from './failed-messages.ts'

/**
 * Sends the event to its consumer once more. The row is `retrying` until the kernel tells what came of it: `resolved`
 * or `failed` again. Also for one that is `retrying` already: its consumer's inbox drops what it has applied. Throws
 * `illegal_transition` for one that is resolved or isn't an event of the shop, and `unavailable` while the broker is away.
 */
export async function retryFailedMessage(
  ctx: Ctx,
  id: FailedMessageRow['id'],
): Promise<FailedMessageDetails> {
  const row = await fetchFailedMessage(ctx.db, id)
  if (row.status === 'resolved') throw new Problem('illegal_transition', 'It has been applied already')
  if (!isOwnEvent(ctx, row)) {
    throw new Problem('illegal_transition', 'It is not an event of this shop that can be read')
  }
  await mark(ctx, [row])
  await send(ctx, row)
  return await getFailedMessage(ctx, id)
}

/** The oldest failed ones that match, `limit` at most. Throws `unavailable` while the broker is away. */
export async function retryFailedMessages(ctx: Ctx, { limit, ...filter }: RetryOfMany): Promise<RetriedMany> {
  const found = await ctx.db.select().from(failedMessages)
    .where(and(matching({ ...filter, status: 'failed' }), ne(failedMessages.reason, 'invalid')))
    .orderBy(asc(failedMessages.failed_at), asc(failedMessages.id))
    .limit(limit + 1)
  const rows = found.slice(0, limit).filter((row) => isOwnEvent(ctx, row))
  if (rows.length > 0) await mark(ctx, rows)
  for (const row of rows) await send(ctx, row)
  return { retried: rows.length, has_more: found.length > limit }
}

/** Before it is sent: its consumer may answer faster than we could write. */
async function mark(ctx: Ctx, rows: FailedMessageRow[]): Promise<void> {
  const ids = rows.map((row) => row.id)
  await ctx.transaction(async (tx) => {
    const now = ctx.now()
    const result = await tx.update(failedMessages)
      .set({
        status: 'retrying',
        retries: sql`${failedMessages.retries} + 1`,
        last_retry_at: now,
        updated_at: now,
      })
      .where(and(inArray(failedMessages.id, ids), ne(failedMessages.status, 'resolved')))
    if (affectedRows(result) === 0) throw new Problem('conflict', 'It has been applied meanwhile')
    for (const { id, consumer, event_id } of rows) {
      tx.audit('failed_message.retried', id, { consumer, event_id })
    }
  })
}

async function send(ctx: Ctx, { id, subject, payload, consumer }: FailedMessageRow): Promise<void> {
  try {
    await ctx.broker.republish(subject, payload, consumer)
  } catch (error) {
    await ctx.db.update(failedMessages).set({ status: 'failed' })
      .where(and(eq(failedMessages.id, id), eq(failedMessages.status, 'retrying')))
    throw error
  }
}

function isOwnEvent(ctx: Ctx, { payload }: FailedMessageRow): boolean {
  try {
    return (JSON.parse(payload) as { tenantid?: unknown }).tenantid === ctx.tenant.id
  } catch {
    return false
  }
}
