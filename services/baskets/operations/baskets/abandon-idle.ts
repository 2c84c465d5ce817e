import { and, asc, eq, inArray, isNull, lt } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import { earliest } from '../../../../shared/db/earliest.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import { showPrice } from '../../../../shared/kernel/vat.ts'
import { basketAbandoned } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { basketPromoCodes, baskets, promoCodes } from '../../schema.ts'

const HOUR_MS = 3_600_000
export const ABANDONED_AFTER_MS = 24 * HOUR_MS
const BATCH = 100

const isIdle = (now: Date) =>
  and(
    eq(baskets.status, 'active'),
    lt(baskets.last_activity_at, new Date(now.getTime() - ABANDONED_AFTER_MS)),
    isNull(baskets.archived_at),
  )

export const nextIdle = (db: Executor): Promise<Date | null> => {
  const isOpen = and(eq(baskets.status, 'active'), isNull(baskets.archived_at))
  return earliest(db, baskets.last_activity_at, isOpen, ABANDONED_AFTER_MS)
}

/** Each by a conditional update: a shopper who returns meanwhile, or another process, is left alone. */
export async function abandonIdle(ctx: Ctx): Promise<void> {
  for (;;) {
    const idle = await ctx.db.select().from(baskets).where(isIdle(ctx.now()))
      .orderBy(asc(baskets.last_activity_at)).limit(BATCH)
    const codes = await codesOf(ctx, idle.map((basket) => basket.id))
    for (const basket of idle) await abandon(ctx, basket, codes.get(basket.id) ?? [])
    if (idle.length < BATCH) return
  }
}

/** An empty one is abandoned as well, but there is nothing to remind anyone of. */
async function abandon(
  ctx: Ctx,
  { id, user_id, lines, total_net, total_gross, currency, last_activity_at }: typeof baskets.$inferSelect,
  promo_codes_applied: string[],
): Promise<void> {
  const now = ctx.now()
  await ctx.transaction(async (tx) => {
    const left = await tx.update(baskets).set({ status: 'abandoned', abandoned_at: now, updated_at: now })
      .where(and(eq(baskets.id, id), isIdle(now)))
    if (affectedRows(left) === 0 || lines.length === 0) return
    tx.emit(basketAbandoned, {
      basket_id: id,
      user_id,
      total: showPrice({ net: total_net, gross: total_gross }, currency),
      item_count: lines.length,
      last_updated: last_activity_at.toISOString(),
      abandoned_duration_hours: Math.floor((now.getTime() - last_activity_at.getTime()) / HOUR_MS),
      promo_codes_applied,
    })
  })
}

async function codesOf(ctx: Ctx, ids: Id<'bask'>[]): Promise<Map<Id<'bask'>, string[]>> {
  const held = new Map<Id<'bask'>, string[]>()
  if (ids.length === 0) return held
  const rows = await ctx.db.select({ basket_id: basketPromoCodes.basket_id, code: promoCodes.code })
    .from(basketPromoCodes).innerJoin(promoCodes, eq(promoCodes.id, basketPromoCodes.promo_code_id))
    .where(inArray(basketPromoCodes.basket_id, ids)).orderBy(asc(basketPromoCodes.position))
  for (const { basket_id, code } of rows) held.set(basket_id, [...(held.get(basket_id) ?? []), code])
  return held
}
