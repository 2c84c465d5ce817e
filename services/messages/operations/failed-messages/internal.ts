import { and, eq } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { found } from '../../../../shared/db/rows.ts'
import { textOf } from '../../../../shared/events/failure.ts'
import { type FailedMessageRow, failedMessages } from '../../schema.ts'
import type { AdminFailedMessage, AdminFailedMessageDetails } from '../../shapes/failed-message.ts'

export type FailedFilter = { consumer?: string; event_type?: string; status?: FailedMessageRow['status'] }

/** Throws `not_found`. */
export async function fetchFailedMessage(
  db: Executor,
  id: FailedMessageRow['id'],
): Promise<FailedMessageRow> {
  return found(await db.select().from(failedMessages).where(eq(failedMessages.id, id)))
}

export const matching = ({ consumer, event_type, status }: FailedFilter) =>
  and(
    consumer ? eq(failedMessages.consumer, consumer) : undefined,
    event_type ? eq(failedMessages.event_type, event_type) : undefined,
    status ? eq(failedMessages.status, status) : undefined,
  )

/** Whether it can be sent again at all. */
export function isEventOf(tenant: string, payload: string): boolean {
  try {
    return (JSON.parse(payload) as { tenantid?: unknown }).tenantid === tenant
  } catch {
    return false
  }
}

export const showFailedMessage = (row: FailedMessageRow): AdminFailedMessage => ({
  id: row.id,
  consumer: row.consumer,
  event_id: row.event_id,
  event_type: row.event_type,
  reason: row.reason,
  error: { code: row.code, text: textOf(row.code), pointers: row.pointers },
  log_reference: row.letter_id,
  attempts: row.attempts,
  retries: row.retries,
  status: row.status,
  failed_at: row.failed_at.toISOString(),
  last_retry_at: row.last_retry_at?.toISOString() ?? null,
  resolved_at: row.resolved_at?.toISOString() ?? null,
})

export const showFailedMessageDetails = (row: FailedMessageRow): AdminFailedMessageDetails => ({
  ...showFailedMessage(row),
  subject: row.subject,
  payload: row.payload,
})
