import { and, asc, eq, inArray, ne, type SQL, sql } from 'drizzle-orm'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { type FailedMessageRow, failedMessages } from '../../schema.ts'

/** How long a process has to send what it took: it waits 5 s at most for the broker's answer, then stops. */
const SENDING_MS = 60_000
/** How long the consumer has to answer, all its attempts included. */
const ANSWER_MS = 3_600_000

/**
 * Takes failed messages, oldest first, and sends each to its consumer. They are `retrying` until the kernel tells what
 * came of them, or their time is over: a crash at any moment leaves none so for ever. Stops when the broker refuses
 * one, and gives back what was not sent. `refusal` is why it stopped.
 */
export async function sendAgain(
  ctx: Ctx,
  which: SQL | undefined,
  limit: number,
): Promise<{ claimed: number; sent: number; refusal?: unknown }> {
  const now = ctx.now()
  const rows = await claim(ctx, which, limit, now)
  const sent: FailedMessageRow['id'][] = []
  let refusal: unknown
  for (const { id, subject, payload, consumer } of rows) {
    try {
      await ctx.broker.republish(subject, payload, consumer)
      sent.push(id)
    } catch (error) {
      refusal = error
      // One that can't be sent for what it is must not hold up the others.
      if (error instanceof Problem) break
      ctx.log.error('failed message not sent', { failed_message: id, error })
    }
  }
  const unsent = rows.map((row) => row.id).filter((id) => !sent.includes(id))
  const settle = (ids: FailedMessageRow['id'][], set: Parameters<ReturnType<typeof update>['set']>[0]) =>
    ids.length > 0 && update(ctx).set(set).where(and(
      inArray(failedMessages.id, ids),
      // Its consumer may have answered already.
      eq(failedMessages.status, 'retrying'),
      eq(failedMessages.last_retry_at, now),
    ))
  await settle(sent, { retry_until: new Date(now.getTime() + ANSWER_MS) })
  await settle(unsent, { status: 'failed', retry_until: null, retries: sql`${failedMessages.retries} - 1` })
  return { claimed: rows.length, sent: sent.length, refusal }
}

const update = (ctx: Ctx) => ctx.db.update(failedMessages)

/** Before anything is sent: a consumer may answer faster than we could write. */
async function claim(
  ctx: Ctx,
  which: SQL | undefined,
  limit: number,
  now: Date,
): Promise<FailedMessageRow[]> {
  return await ctx.transaction(async (tx) => {
    const rows = await tx.select().from(failedMessages)
      .where(and(which, ne(failedMessages.status, 'resolved')))
      .orderBy(asc(failedMessages.failed_at), asc(failedMessages.id))
      .limit(limit)
      .for('update', { skipLocked: true })
    if (rows.length === 0) return rows
    await tx.update(failedMessages)
      .set({
        status: 'retrying',
        retries: sql`${failedMessages.retries} + 1`,
        last_retry_at: now,
        retry_until: new Date(now.getTime() + SENDING_MS),
        updated_at: now,
      })
      .where(inArray(failedMessages.id, rows.map((row) => row.id)))
    for (const { id, consumer, event_id } of rows) {
      tx.audit('failed_message.retried', id, { consumer, event_id })
    }
    return rows
  })
}
