import { and, asc, gte, inArray, isNull, lt } from 'drizzle-orm'
import type { z } from '@hono/zod-openapi'
import { affectedRows, type Executor } from '../db/database.ts'
import { outbox } from '../db/tables.ts'
import { idFromBytes, uuidv7 } from '../kernel/id.ts'
import { type Envelope, type EventType, subjectOf } from './event.ts'

export type OutboxRow = { id: `evt_${string}`; subject: string; envelope: string }

export type Origin = {
  service: string
  tenant: { id: string; website: string; shard: string }
  request: { correlationId: string; causationId?: string; traceparent?: string }
}

/** How long the process that wrote a row has to publish it before any other may. */
export const CLAIM_MS = 10_000
const SWEEP_BATCH = 200

/** Throws a ZodError when `data` is not what the event promises: the transaction must not commit then. */
export function toRow<T extends z.ZodType>(
  origin: Origin,
  event: EventType<T>,
  data: z.input<T>,
  now: Date,
): OutboxRow {
  const body = event.data.parse(data) as Record<string, unknown>
  const id = idFromBytes('evt', uuidv7(now.getTime()))
  const envelope: Envelope = {
    specversion: '1.0',
    id,
    source: `/services/${origin.service}`,
    type: event.type,
    time: now.toISOString(),
    subject: String(body[event.subject]),
    datacontenttype: 'application/json',
    dataversion: event.version,
    tenantid: origin.tenant.id,
    websiteid: origin.tenant.website,
    correlationid: origin.request.correlationId,
    ...(origin.request.causationId && { causationid: origin.request.causationId }),
    ...(origin.request.traceparent && { traceparent: origin.request.traceparent }),
    data: body,
  }
  return {
    id,
    subject: subjectOf(origin.tenant.shard, origin.tenant.id, event.type),
    envelope: JSON.stringify(envelope),
  }
}

/** Inserts the rows, claimed for the process that is about to publish them. */
export async function insertRows(executor: Executor, rows: OutboxRow[], now: Date): Promise<void> {
  const claimed_until = new Date(now.getTime() + CLAIM_MS)
  await executor.insert(outbox).values(rows.map((row) => ({ ...row, created_at: now, claimed_until })))
}

export async function markPublished(
  executor: Executor,
  ids: `evt_${string}`[],
  published_at: Date,
): Promise<void> {
  await executor.update(outbox).set({ published_at }).where(inArray(outbox.id, ids))
}

/** Takes rows that nobody published in time. Call inside a transaction: other sweepers skip what is locked. */
export async function claimOverdue(executor: Executor, now: Date): Promise<OutboxRow[]> {
  const rows = await executor
    .select({ id: outbox.id, subject: outbox.subject, envelope: outbox.envelope })
    .from(outbox)
    .where(and(isNull(outbox.published_at), lt(outbox.claimed_until, now)))
    .orderBy(asc(outbox.id))
    .limit(SWEEP_BATCH)
    .for('update', { skipLocked: true })
  if (rows.length === 0) return []
  await executor.update(outbox)
    .set({ claimed_until: new Date(now.getTime() + CLAIM_MS) })
    .where(inArray(outbox.id, rows.map((row) => row.id)))
  return rows
}

/** After a stream was lost: everything since `since` will be published again. Returns how many rows. */
export async function republishSince(executor: Executor, since: Date): Promise<number> {
  const result = await executor.update(outbox)
    .set({ published_at: null, claimed_until: since })
    .where(gte(outbox.created_at, since))
  return affectedRows(result)
}
