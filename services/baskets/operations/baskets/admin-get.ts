import { and, asc, eq, isNull } from 'drizzle-orm'
import { found } from '../../../../shared/db/rows.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import { money } from '../../../../shared/kernel/money.ts'
import { showPrice } from '../../../../shared/kernel/vat.ts'
import type { Ctx } from '../../needs.ts'
import { quoteLines } from '../../queries/price.ts'
import { basketPromoCodes, baskets, promoCodes } from '../../schema.ts'
import type { AdminBasket } from '../../shapes/admin-basket.ts'
import { showSummary } from './admin-internal.ts'

/** Throws `not_found`, and what asking the catalogue throws. */
export async function adminGetBasket(ctx: Ctx, id: Id<'bask'>): Promise<AdminBasket> {
  const basket = found(
    await ctx.db.select().from(baskets).where(and(eq(baskets.id, id), isNull(baskets.archived_at))),
  )
  const { lines, currency, ip_address, user_agent } = basket
  const codes = await ctx.db.select({ held: basketPromoCodes, code: promoCodes.code }).from(basketPromoCodes)
    .innerJoin(promoCodes, eq(promoCodes.id, basketPromoCodes.promo_code_id))
    .where(eq(basketPromoCodes.basket_id, id)).orderBy(asc(basketPromoCodes.position))
  const quotes = await quoteLines(ctx, lines)
  return {
    ...showSummary({ ...basket, line_count: lines.length }),
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
      is_available: quotes.has(line.variant_id),
      added_at: line.added_at,
    })),
    promo_codes: codes.map(({ held, code }) => ({
      id: held.promo_code_id,
      code,
      discount: showPrice({ net: held.discount_net, gross: held.discount_gross }, currency),
      applied_at: held.applied_at.toISOString(),
    })),
  }
}
