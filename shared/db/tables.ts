import {
  bigint,
  index,
  json,
  mediumtext,
  mysqlTable,
  primaryKey,
  smallint,
  text,
  varchar,
} from 'drizzle-orm/mysql-core'
import { digest, exactText, id, instant, token } from './columns.ts'

/** Events written with the rows they tell of. They are the truth; the stream is filled from here. */
export const outbox = mysqlTable('outbox', {
  id: id('id', 'evt').primaryKey(),
  subject: varchar('subject', { length: 255 }).notNull(),
  envelope: mediumtext('envelope').notNull(),
  created_at: instant('created_at').notNull(),
  /** Until then the process that wrote or claimed the row publishes it; afterwards anyone may. */
  claimed_until: instant('claimed_until').notNull(),
  published_at: instant('published_at'),
  /** The generation of the stream that has it; another one than the present doesn't. */
  published_in: bigint('published_in', { mode: 'number' }).notNull().default(0),
}, (t) => [index('outbox_unpublished').on(t.published_at, t.claimed_until)])

/** What a consumer has already applied: a redelivery finds its row and changes nothing. */
export const inbox = mysqlTable('inbox', {
  consumer: varchar('consumer', { length: 100 }).notNull(),
  event_id: id('event_id', 'evt').notNull(),
  applied_at: instant('applied_at').notNull(),
}, (t) => [primaryKey({ columns: [t.consumer, t.event_id] }), index('inbox_applied').on(t.applied_at)])

/** One row for each Idempotency-Key in use, by the caller and the operation it belongs to. */
export const idempotencyKeys = mysqlTable('idempotency_keys', {
  key_hash: digest('key_hash').primaryKey(),
  request_hash: digest('request_hash').notNull(),
  /** The same for every attempt, so that what the request creates can take its id from it. */
  operation_id: id('operation_id', 'op').notNull(),
  /** Which attempt at the request holds the key: only that one may write its outcome. */
  attempt: token('attempt').notNull(),
  locked_until: instant('locked_until').notNull(),
  status: smallint('status'),
  headers: json('headers').$type<Record<string, string>>(),
  body: mediumtext('body'),
  created_at: instant('created_at').notNull(),
}, (t) => [index('idempotency_created').on(t.created_at)])

/** Who changed what, written in the transaction of the change. */
export const auditLog = mysqlTable('audit_log', {
  id: id('id', 'aud').primaryKey(),
  actor_type: varchar('actor_type', { length: 20 }).notNull(),
  actor_id: varchar('actor_id', { length: 64 }),
  action: varchar('action', { length: 100 }).notNull(),
  target: varchar('target', { length: 100 }).notNull(),
  changes: json('changes').$type<unknown>(),
  request_id: varchar('request_id', { length: 64 }),
  ip_address: varchar('ip_address', { length: 45 }),
  user_agent: text('user_agent'),
  created_at: instant('created_at').notNull(),
}, (t) => [index('audit_target').on(t.target, t.created_at), index('audit_created').on(t.created_at)])

/** Part of every service's schema. */
export const kernelTables = { outbox, inbox, idempotencyKeys, auditLog }

/**
 * Which databases somebody has to look into, and when: one row for each service of each shop, in the platform's
 * database alone. It holds no work itself: what is to be done is found in the database that it points at.
 */
export const dueWork = mysqlTable('due_work', {
  service: varchar('service', { length: 40 }).notNull(),
  tenant_id: exactText('tenant_id', 27).notNull(),
  /** Of the next look; while one is under way, when another process may take it over. */
  due_at: instant('due_at').notNull(),
  /** Whoever writes relies on a look at this time or later. */
  promised_at: instant('promised_at').notNull(),
  /** Of the next upkeep: about once a day, whether anybody writes or not. */
  upkeep_at: instant('upkeep_at').notNull(),
  /** Looks that failed since the last that didn't. */
  failures: smallint('failures').notNull().default(0),
}, (t) => [primaryKey({ columns: [t.service, t.tenant_id] }), index('due_work_due').on(t.due_at)])
