import { and, eq, isNull, lt, type SQL } from 'drizzle-orm'
import { inBatches, turnOf } from '../../../../shared/db/batches.ts'
import type { Ctx } from '../../needs.ts'
import { baskets } from '../../schema.ts'
import { withdrawn } from '../../writes/withdraw.ts'

const DAY_MS = 24 * 3_600_000
const GUEST_KEPT_MS = 30 * DAY_MS
const ABANDONED_KEPT_MS = 90 * DAY_MS
const ARCHIVED_KEPT_MS = 90 * DAY_MS
const CONVERTED_KEPT_MS = 365 * DAY_MS
const BATCH = 500
const TURN_MS = 2_000

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

/** In batches, each a statement of its own. Answers whether more is left than one turn removes. */
export async function cleanUp(ctx: Ctx): Promise<boolean> {
  const now = ctx.now()
  const isOver = turnOf(TURN_MS)
  for (const condition of expired(now)) {
    if (await inBatches(BATCH, () => ctx.db.delete(baskets).where(condition).limit(BATCH), isOver)) {
      return true
    }
  }
  const withdraw = () => ctx.db.update(baskets).set(withdrawn(now)).where(forgotten(now)).limit(BATCH)
  return await inBatches(BATCH, withdraw, isOver)
}
