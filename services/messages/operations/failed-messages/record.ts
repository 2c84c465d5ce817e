import { createHash } from 'node:crypto'
import { and, eq, lt, lte, ne } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import type { DeadLetter } from '../../../../shared/events/dead-letter.ts'
import type { Ctx } from '../../needs.ts'
import { failedMessages } from '../../schema.ts'
import { isEventOf } from './internal.ts'

/** Keeps what became of a message. Repeatable, and in any order: an older letter changes nothing of a newer one. */
export async function recordFailedMessage(ctx: Ctx, letter: DeadLetter): Promise<void> {
  const { consumer, subject, payload, attempts } = letter
  const event_id = eventIdOf(payload)
  const at = new Date(letter.failed_at)
  const now = ctx.now()
  if (letter.reason === 'applied') {
    await ctx.db.update(failedMessages)
      .set({ status: 'resolved', resolved_at: at, retry_until: null, updated_at: now })
      .where(and(
        eq(failedMessages.consumer, consumer),
        eq(failedMessages.event_id, event_id),
        ne(failedMessages.status, 'resolved'),
        lte(failedMessages.failed_at, at),
      ))
    return
  }
  const failure = {
    letter_id: letter.id,
    // What can't be sent again is never retried with the rest.
    reason: isEventOf(ctx.tenant.id, payload) ? letter.reason : 'invalid' as const,
    code: letter.code ?? 'handler_failed' as const,
    pointers: letter.pointers,
    attempts,
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
  await ctx.db.update(failedMessages)
    .set({ ...failure, status: 'failed', resolved_at: null, retry_until: null })
    .where(and(
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
