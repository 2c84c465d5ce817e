import { and, eq, isNull, lt, type SQL } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import type { Ctx } from '../../needs.ts'
import { baskets } from '../../schema.ts'
import { withdrawn } from '../../writes/withdraw.ts'

const DAY_MS = 24 * 3_600_000
const GUEST_KEPT_MS = 30 * DAY_MS
const ABANDONED_KEPT_MS = 90 * DAY_MS
const ARCHIVED_KEPT_MS = 90 * DAY_MS
const CONVERTED_KEPT_MS = 365 * DAY_MS
const BATCH = 500

const ago = (now: Date, ms: number) => new Date(now.getTime() - ms)

/** Guests', merged ones among them; orders' after a year; and what was withdrawn long enough ago. */
const expired = (now: Date): SQL[] => [
  and(
    isNull(baskets.user_id),
    isNull(baskets.archived_at),
    lt(baskets.last_activity_at, ago(now, GUEST_KEPT_MS)),
  )!,
  and(eq(baskets.status, 'converted'), lt(baskets.last_activity_at, ago(now, CONVERTED_KEPT_MS)))!,
  lt(baskets.archived_at, ago(now, ARCHIVED_KEPT_MS)),
]
const forgotten = (now: Date): SQL =>
  and(
    eq(baskets.status, 'abandoned'),
    lt(baskets.last_activity_at, ago(now, ABANDONED_KEPT_MS)),
    isNull(baskets.archived_at),
  )!

export async function hasExpired(db: Executor, now: Date): Promise<boolean> {
  for (const condition of [...expired(now), forgotten(now)]) {
    if ((await db.select({ id: baskets.id }).from(baskets).where(condition).limit(1)).length > 0) return true
  }
  return false
}

/** In batches, each a statement of its own: nobody waits for long, and a stop loses nothing. */
export async function cleanUp(ctx: Ctx): Promise<void> {
  const now = ctx.now()
  for (const condition of expired(now)) {
    await untilDone(() => ctx.db.delete(baskets).where(condition).limit(BATCH))
  }
  await untilDone(() => ctx.db.update(baskets).set(withdrawn(now)).where(forgotten(now)).limit(BATCH))
}

async function untilDone(batch: () => PromiseLike<unknown>): Promise<void> {
  while (affectedRows(await batch()) === BATCH);
}
