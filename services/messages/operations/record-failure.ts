import { createHash } from 'node:crypto'
import { and, eq, lt, lte, ne } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import type { DeadLetter } from '../../../shared/events/consumer.ts'
import type { Ctx } from '../needs.ts'
import { failedMessages } from '../schema.ts'

const MAX_ERROR = 5_000

/** Keeps what became of a message. Repeatable, and in any order: an older letter changes nothing of a newer one. */
export async function recordFailure(ctx: Ctx, letter: DeadLetter): Promise<void> {
  const { consumer, subject, payload, reason, attempts } = letter
  const event_id = eventIdOf(payload)
  const at = new Date(letter.failed_at)
  const now = ctx.now()
  if (reason === 'applied') {
    await ctx.db.update(failedMessages).set({ status: 'resolved', resolved_at: at, updated_at: now }).where(
      and(
        eq(failedMessages.consumer, consumer),
        eq(failedMessages.event_id, event_id),
        ne(failedMessages.status, 'resolved'),
        lte(failedMessages.failed_at, at),
      ),
    )
    return
  }
  const failure = {
    reason,
    attempts,
    error: letter.error.slice(0, MAX_ERROR),
    failed_at: at,
    updated_at: now,
  }
  const inserted = await ctx.db.insert(failedMessages).ignore().values({
    id: ctx.newId('fail'),
    consumer,
    event_id,
    subject,
    event_type: subject.split('.').slice(3).join('.'),
    payload,
    status: 'failed',
    created_at: now,
    ...failure,
  })
  if (affectedRows(inserted) === 1) return
  await ctx.db.update(failedMessages).set({ ...failure, status: 'failed', resolved_at: null }).where(and(
    eq(failedMessages.consumer, consumer),
    eq(failedMessages.event_id, event_id),
    lt(failedMessages.failed_at, at),
  ))
}

function eventIdOf(payload: string): string {
  try {
    const { id } = JSON.parse(payload) as { id?: unknown }
    if (typeof id === 'string' && id.length > 0 && id.length <= 64) return id
  } catch {
    // It isn't an event: known by its text.
  }
  return createHash('sha256').update(payload).digest('hex')
}
