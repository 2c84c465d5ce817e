import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Ctx } from '../../needs.ts'
import { basketPromoCodes, baskets, promoRedemptions } from '../../schema.ts'
import type { PromoCodeWithUsage } from '../../shapes/promo-code.ts'
import { fetchPromoCode, type PromoRow, showPromoCode } from './internal.ts'

export async function adminGetPromoCode(ctx: Ctx, id: PromoRow['id']): Promise<PromoCodeWithUsage> {
  const row = await fetchPromoCode(ctx.db, id)
  const [used] = await ctx.db.select({
    customers:
      sql`count(distinct case when ${promoRedemptions.status} = 'redeemed' then ${promoRedemptions.user_id} end)`
        .mapWith(Number),
    given_back: sql`coalesce(sum(${promoRedemptions.status} = 'given_back'), 0)`.mapWith(Number),
  }).from(promoRedemptions).where(eq(promoRedemptions.promo_code_id, id))
  const [held] = await ctx.db.select({ in_baskets: sql`count(*)`.mapWith(Number) }).from(basketPromoCodes)
    .innerJoin(baskets, eq(baskets.id, basketPromoCodes.basket_id))
    .where(
      and(eq(basketPromoCodes.promo_code_id, id), eq(baskets.status, 'active'), isNull(baskets.archived_at)),
    )
  return { ...showPromoCode(row), usage: { ...used!, ...held! } }
}
