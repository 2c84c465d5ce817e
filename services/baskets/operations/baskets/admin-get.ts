import { and, asc, eq, isNull } from 'drizzle-orm'
import { found } from '../../../../shared/db/rows.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import { money } from '../../../../shared/kernel/money.ts'
import { showPrice } from '../../../../shared/kernel/vat.ts'
import type { Ctx } from '../../needs.ts'
import { basketItems, basketPromoCodes, baskets, promoCodes } from '../../schema.ts'
import type { AdminBasket } from '../../shapes/admin-basket.ts'
import { selectBaskets, showSummary } from './admin-internal.ts'

/** Throws `not_found`. */
export async function adminGetBasket(ctx: Ctx, id: Id<'bask'>): Promise<AdminBasket> {
  const row = found(await selectBaskets(ctx.db).where(and(eq(baskets.id, id), isNull(baskets.archived_at))))
  const { currency, ip_address, user_agent } = row.basket
  const lines = await ctx.db.select().from(basketItems).where(eq(basketItems.basket_id, id))
    .orderBy(asc(basketItems.id))
  const codes = await ctx.db.select({ held: basketPromoCodes, code: promoCodes.code }).from(basketPromoCodes)
    .innerJoin(promoCodes, eq(promoCodes.id, basketPromoCodes.promo_code_id))
    .where(eq(basketPromoCodes.basket_id, id)).orderBy(asc(basketPromoCodes.position))
  return {
    ...showSummary(row),
    ip_address,
    user_agent,
    lines: lines.map((line) => ({
      id: line.id,
      product_id: line.product_id,
      variant_id: line.variant_id,
      name: line.name,
      ref: line.product_ref,
      quantity: line.quantity,
      price: money(line.price, currency),
      is_available: line.is_available,
      added_at: line.added_at.toISOString(),
    })),
    promo_codes: codes.map(({ held, code }) => ({
      id: held.promo_code_id,
      code,
      discount: showPrice({ net: held.discount_net, gross: held.discount_gross }, currency),
      applied_at: held.applied_at.toISOString(),
    })),
  }
}
