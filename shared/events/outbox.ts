import { and, asc, gt, gte, inArray, isNull, like, lt, ne, sql } from 'drizzle-orm'
import type { z } from '@hono/zod-openapi'
import { arg, type Executor, prepared, preparedRows } from '../db/database.ts'
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
const BATCH = 200
/** A broker takes messages of 1 MiB by default, headers included: a larger one would wait in the outbox for ever. */
const MAX_ENVELOPE_BYTES = 1_000_000

/**
 * Throws a ZodError when `data` is not what the event promises, a RangeError when it is larger than any broker takes:
 * the transaction must not commit then.
 */
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
  const text = JSON.stringify(envelope)
  if (Buffer.byteLength(text) > MAX_ENVELOPE_BYTES) throw new RangeError(`${event.type} is larger than 1 MB`)
  return { id, subject: subjectOf(origin.tenant.shard, origin.tenant.id, event.type), envelope: text }
}

const insert = preparedRows(outbox)

/** Inserts the rows, claimed for the process that is about to publish them. */
export async function insertRows(executor: Executor, rows: OutboxRow[], now: Date): Promise<void> {
  const claimed_until = claimFrom(now)
  await insert(executor, rows.map((row) => ({ ...row, created_at: now, claimed_until, published_in: 0 })))
}

const nameOf = (i: number) => `id${i}`

/** Statements that mark so many rows: a batch goes by the smallest that takes it, some of its ids named twice. */
const MARKS = [1, 4, 16, 64].map((size) => ({ size, mark: markOf(size) }))
export const MARK_BATCH = 64

/**
 * Notes that a stream has these rows, `MARK_BATCH` at most: the one of this generation, as it was when they were sent. A
 * row that is sent once more keeps the time of the first, from which its age counts.
 */
export async function markPublished(
  executor: Executor,
  ids: OutboxRow['id'][],
  generation: number,
  at: Date,
): Promise<void> {
  const { size, mark } = MARKS.find((each) => each.size >= ids.length)!
  const named = Array.from({ length: size }, (_, i) => [nameOf(i), ids[i] ?? ids[0]])
  await mark(executor, { ...Object.fromEntries(named), at, generation })
}

function markOf(size: number) {
  const ids = Array.from({ length: size }, (_, i) => arg(outbox.id, nameOf(i)))
  return prepared((db) =>
    db.update(outbox)
      .set({
        published_at: sql`coalesce(${outbox.published_at}, ${arg(outbox.published_at, 'at')})`,
        published_in: arg(outbox.published_in, 'generation'),
      })
      .where(sql`${outbox.id} in ${ids}`)
  )
}

const columns = { id: outbox.id, subject: outbox.subject, envelope: outbox.envelope }
const claimFrom = (now: Date) => new Date(now.getTime() + CLAIM_MS)

/** Takes rows that nobody published in time. Call inside a transaction: other sweepers skip what is locked. */
export async function claimOverdue(executor: Executor, now: Date): Promise<OutboxRow[]> {
  const rows = await executor.select(columns).from(outbox)
    .where(and(isNull(outbox.published_at), lt(outbox.claimed_until, now)))
    // By the index: the oldest claims first, without sorting all that waits after an outage.
    .orderBy(asc(outbox.published_at), asc(outbox.claimed_until))
    .limit(BATCH)
    .for('update', { skipLocked: true })
  await claim(executor, rows, now)
  return rows
}

/** Takes, in a transaction, those of these rows that are still unpublished, whoever has a claim to them. */
export async function claimOwn(executor: Executor, ids: OutboxRow['id'][], now: Date): Promise<OutboxRow[]> {
  const rows = await executor.select(columns).from(outbox)
    .where(and(inArray(outbox.id, ids), isNull(outbox.published_at)))
    .orderBy(asc(outbox.id))
    .for('update', { skipLocked: true })
  await claim(executor, rows, now)
  return rows
}

/** What a refill reads in one database: rows of one shard that were made in this span of time. */
export type RefillSpan = { shard: string; generation: number; since: Date; before: Date }
/** Where it goes on: with this row, or after it; at the beginning without one. */
export type RefillPosition = { id: OutboxRow['id']; isNext: boolean } | undefined

/**
 * Takes, in a transaction, the next rows that the stream of this generation doesn't have. `last` is the last row that
 * was looked at, undefined at the end; `unsettled` the first that another process has a claim to: where it is sent to,
 * or was sent to before the stream was lost, is known when the claim is over.
 */
export async function claimLost(
  executor: Executor,
  { shard, generation, since, before }: RefillSpan,
  at: RefillPosition,
  now: Date,
): Promise<{ rows: OutboxRow[]; last?: OutboxRow['id']; unsettled?: OutboxRow['id'] }> {
  const found = await executor
    .select({ ...columns, published_at: outbox.published_at, claimed_until: outbox.claimed_until })
    .from(outbox)
    .where(and(
      at && (at.isNext ? gte : gt)(outbox.id, at.id),
      ne(outbox.published_in, generation),
      like(outbox.subject, `events.${shard.replace(/[%_\\]/g, '\\$&')}.%`),
      gte(outbox.created_at, since),
      lt(outbox.created_at, before),
    ))
    .orderBy(asc(outbox.id))
    .limit(BATCH)
    .for('update')
  const isFree = (row: (typeof found)[number]) => row.published_at !== null && row.claimed_until <= now
  const rows = found.filter(isFree)
  await claim(executor, rows, now)
  return {
    rows: rows.map(({ id, subject, envelope }) => ({ id, subject, envelope })),
    last: found.at(-1)?.id,
    unsettled: found.find((row) => !isFree(row))?.id,
  }
}

async function claim(executor: Executor, rows: OutboxRow[], now: Date): Promise<void> {
  if (rows.length === 0) return
  await executor.update(outbox).set({ claimed_until: claimFrom(now) })
    .where(inArray(outbox.id, rows.map((row) => row.id)))
}
