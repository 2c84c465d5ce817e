import { and, eq, gt, isNull, lt, lte, ne, or, sql } from 'drizzle-orm'
import { madeAt } from '../../../../shared/db/columns.ts'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import { isLeftFor } from '../../domain/promo-code.ts'
import type { Ctx } from '../../needs.ts'
import { ordersOf } from '../../queries/baskets.ts'
import {
  baskets,
  orderRedemptions as orders,
  promoCodes,
  promoRedemptions as redemptions,
} from '../../schema.ts'
import { inLockOrder, isFirst } from './internal.ts'

type UserId = Id<'user'>
type PromoId = Id<'promo'>

/**
 * Counts the use of codes for an order: all of them or none, once however often it is asked. The row of the order
 * makes its requests wait for one another; the update of a code does so for all who use that code, which is what
 * keeps the limits. Throws `promo_code_refused`.
 */
export async function redeem(
  ctx: Ctx,
  input: { order_id: Id<'ord'>; user_id: UserId; promo_codes: PromoId[] },
): Promise<Record<never, never>> {
  const { order_id, user_id } = input
  await ctx.transaction(async (tx) => {
    if (!await isFirst(ctx, tx, order_id, 'redeemed')) {
      const [order] = await tx.select({ status: orders.status }).from(orders).where(
        eq(orders.order_id, order_id),
      )
      if (order?.status !== 'redeemed') throw new Problem('promo_code_refused')
      return
    }
    for (const id of inLockOrder(input.promo_codes)) await useOnce(ctx, tx, order_id, user_id, id)
  })
  return {}
}

async function useOnce(
  ctx: Ctx,
  tx: Executor,
  order_id: Id<'ord'>,
  user_id: UserId,
  id: PromoId,
): Promise<void> {
  const now = ctx.now()
  const counted = await tx.update(promoCodes).set({ usage_count: sql`usage_count + 1` }).where(and(
    eq(promoCodes.id, id),
    isNull(promoCodes.deleted_at),
    eq(promoCodes.is_active, true),
    or(isNull(promoCodes.starts_at), lte(promoCodes.starts_at, now)),
    or(isNull(promoCodes.ends_at), gt(promoCodes.ends_at, now)),
    or(isNull(promoCodes.usage_limit), lt(promoCodes.usage_count, promoCodes.usage_limit)),
  ))
  if (affectedRows(counted) === 0) throw refused(id)
  const [code] = await tx.select().from(promoCodes).where(eq(promoCodes.id, id))
  const uses = await tx.$count(
    redemptions,
    and(
      eq(redemptions.promo_code_id, id),
      eq(redemptions.user_id, user_id),
      eq(redemptions.status, 'redeemed'),
    ),
  )
  const hasOrdered = code!.first_order_only && (
    await tx.$count(baskets, ordersOf(user_id)) > 0 ||
    // An order that is not closed yet, with another code for the first one.
    await tx.$count(
        redemptions,
        and(
          eq(redemptions.user_id, user_id),
          eq(redemptions.status, 'redeemed'),
          ne(redemptions.order_id, order_id),
        ),
      ) > 0
  )
  if (!isLeftFor(code!, uses, hasOrdered)) throw refused(id)
  await tx.insert(redemptions)
    .values({ order_id, promo_code_id: id, user_id, status: 'redeemed', ...madeAt(now) })
}

const refused = (promo_code_id: PromoId) => new Problem('promo_code_refused', undefined, { promo_code_id })
