import { index, int, json, mediumtext, mysqlTable, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'
import { exactText, id, instant, times } from '../../shared/db/columns.ts'
import { kernelTables } from '../../shared/db/tables.ts'
import type { FailureCode } from '../../shared/events/failure.ts'

/** One row for each event that one consumer could not apply, however often it failed. */
export const failedMessages = mysqlTable('failed_messages', {
  id: id('id', 'fail').primaryKey(),
  /** What the log knows its last failure by. */
  letter_id: id('letter_id', 'letter').notNull(),
  /** `<service>__<handler>`. */
  consumer: exactText('consumer', 100).notNull(),
  /** The event's own id; of a message that is none, the SHA-256 of its text. */
  event_id: exactText('event_id', 64).notNull(),
  subject: exactText('subject', 255).notNull(),
  event_type: exactText('event_type', 150).notNull(),
  payload: mediumtext('payload').notNull(),
  reason: varchar('reason', { length: 12 }).$type<'invalid' | 'refused' | 'exhausted'>().notNull(),
  code: varchar('code', { length: 40 }).$type<FailureCode>().notNull(),
  /** JSON Pointers into the event's data. */
  pointers: json('pointers').$type<string[]>().notNull(),
  /** Of its last try. */
  attempts: int('attempts').notNull(),
  retries: int('retries').notNull().default(0),
  status: varchar('status', { length: 12 }).$type<'failed' | 'retrying' | 'resolved'>().notNull(),
  failed_at: instant('failed_at').notNull(),
  last_retry_at: instant('last_retry_at'),
  /** When a retry that nobody has answered is given up. */
  retry_until: instant('retry_until'),
  resolved_at: instant('resolved_at'),
  ...times,
}, (t) => [
  uniqueIndex('failed_messages_event').on(t.consumer, t.event_id),
  index('failed_messages_newest').on(t.failed_at),
  index('failed_messages_status').on(t.status, t.failed_at),
  index('failed_messages_retrying').on(t.retry_until),
])

export const tables = { ...kernelTables, failedMessages }
export type FailedMessageRow = typeof failedMessages.$inferSelect
