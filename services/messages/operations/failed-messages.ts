import { and, desc, eq, lt, or } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import type { Ctx } from '../needs.ts'
import { type FailedMessageRow, failedMessages } from '../schema.ts'
import type { FailedMessage, FailedMessageDetails } from '../shapes/failed-message.ts'

export type FailedFilter = { consumer?: string; event_type?: string; status?: FailedMessageRow['status'] }

/** Last failed first. */
export async function listFailedMessages(
  ctx: Ctx,
  { limit, cursor, ...filter }: FailedFilter & { limit: number; cursor?: string },
): Promise<Page<FailedMessage>> {
  const after = decodeCursor('failed', 2, cursor) as [number, FailedMessageRow['id']] | undefined
  const at = after && new Date(after[0])
  const rows = await ctx.db.select().from(failedMessages)
    .where(and(
      matching(filter),
      after && at &&
        or(
          lt(failedMessages.failed_at, at),
          and(eq(failedMessages.failed_at, at), lt(failedMessages.id, after[1])),
        ),
    ))
    .orderBy(desc(failedMessages.failed_at), desc(failedMessages.id))
    .limit(limit + 1)
  return page(rows, limit, (row) => encodeCursor('failed', [row.failed_at.getTime(), row.id]), show)
}

export async function getFailedMessage(ctx: Ctx, id: FailedMessageRow['id']): Promise<FailedMessageDetails> {
  return showDetails(await fetchFailedMessage(ctx.db, id))
}

/** Forgets it: the event is never applied by that consumer. */
export async function deleteFailedMessage(ctx: Ctx, id: FailedMessageRow['id']): Promise<void> {
  await ctx.transaction(async (tx) => {
    const { consumer, event_id, event_type } = await fetchFailedMessage(tx, id)
    const result = await tx.delete(failedMessages).where(eq(failedMessages.id, id))
    if (affectedRows(result) === 0) throw new Problem('not_found')
    tx.audit('failed_message.deleted', id, { consumer, event_id, event_type })
  })
}

export async function fetchFailedMessage(
  db: Executor,
  id: FailedMessageRow['id'],
): Promise<FailedMessageRow> {
  const [row] = await db.select().from(failedMessages).where(eq(failedMessages.id, id))
  if (!row) throw new Problem('not_found')
  return row
}

export const matching = ({ consumer, event_type, status }: FailedFilter) =>
  and(
    consumer ? eq(failedMessages.consumer, consumer) : undefined,
    event_type ? eq(failedMessages.event_type, event_type) : undefined,
    status ? eq(failedMessages.status, status) : undefined,
  )

const show = (row: FailedMessageRow): FailedMessage => ({
  id: row.id,
  consumer: row.consumer,
  event_id: row.event_id,
  event_type: row.event_type,
  reason: row.reason,
  error: row.error,
  attempts: row.attempts,
  retries: row.retries,
  status: row.status,
  failed_at: row.failed_at.toISOString(),
  last_retry_at: row.last_retry_at?.toISOString() ?? null,
  resolved_at: row.resolved_at?.toISOString() ?? null,
})

export const showDetails = (row: FailedMessageRow): FailedMessageDetails => ({
  ...show(row),
  subject: row.subject,
  payload: row.payload,
})
