import { index, int, mediumtext, mysqlTable, text, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'
import { exactText, id, instant } from '../../shared/db/columns.ts'
import { kernelTables } from '../../shared/db/tables.ts'

/** One row for each event that one consumer could not apply, however often it failed. */
export const failedMessages = mysqlTable('failed_messages', {
  id: id('id', 'fail').primaryKey(),
  /** `<service>__<handler>`. */
  consumer: exactText('consumer', 100).notNull(),
  /** The event's own id; of a message that is none, the SHA-256 of its text. */
  event_id: exactText('event_id', 64).notNull(),
  subject: exactText('subject', 255).notNull(),
  event_type: exactText('event_type', 150).notNull(),
  payload: mediumtext('payload').notNull(),
  reason: varchar('reason', { length: 12 }).$type<'invalid' | 'refused' | 'exhausted'>().notNull(),
  error: text('error').notNull(),
  /** Deliveries of its last try. */
  attempts: int('attempts').notNull(),
  retries: int('retries').notNull().default(0),
  status: varchar('status', { length: 12 }).$type<'failed' | 'retrying' | 'resolved'>().notNull(),
  failed_at: instant('failed_at').notNull(),
  last_retry_at: instant('last_retry_at'),
  resolved_at: instant('resolved_at'),
  created_at: instant('created_at').notNull(),
  updated_at: instant('updated_at').notNull(),
}, (t) => [
  uniqueIndex('failed_messages_event').on(t.consumer, t.event_id),
  index('failed_messages_newest').on(t.failed_at),
  index('failed_messages_status').on(t.status, t.failed_at),
])

export const tables = { ...kernelTables, failedMessages }
export type FailedMessageRow = typeof failedMessages.$inferSelect
