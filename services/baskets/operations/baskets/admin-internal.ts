import { eq, sql } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { money } from '../../../../shared/kernel/money.ts'
import { showPrice } from '../../../../shared/kernel/vat.ts'
import { basketItems, baskets } from '../../schema.ts'
import type { AdminBasketSummary } from '../../shapes/admin-basket.ts'

/** Any basket of the shop, as it was last changed. */
export const selectBaskets = (db: Executor) =>
  db.select({
    id: baskets.id,
    basket: baskets,
    line_count: sql<number>`(select count(*) from ${basketItems} where ${
      eq(basketItems.basket_id, baskets.id)
    })`.mapWith(Number),
  }).from(baskets)
type Row = Awaited<ReturnType<typeof selectBaskets>>[number]

export const showSummary = ({ basket, line_count }: Row): AdminBasketSummary => ({
  id: basket.id,
  user_id: basket.user_id,
  status: basket.status,
  version: basket.version,
  line_count,
  subtotal: showPrice({ net: basket.subtotal_net, gross: basket.subtotal_gross }, basket.currency),
  discount: showPrice({ net: basket.discount_net, gross: basket.discount_gross }, basket.currency),
  total: showPrice({ net: basket.total_net, gross: basket.total_gross }, basket.currency),
  vat: money(basket.total_gross - basket.total_net, basket.currency),
  converted_to_order_id: basket.converted_to_order_id,
  merged_into_id: basket.merged_into_id,
  abandoned_at: basket.abandoned_at?.toISOString() ?? null,
  last_activity_at: basket.last_activity_at.toISOString(),
  created_at: basket.created_at.toISOString(),
})
