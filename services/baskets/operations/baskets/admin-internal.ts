import { getTableColumns, sql } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { money } from '../../../../shared/kernel/money.ts'
import { showPrice } from '../../../../shared/kernel/vat.ts'
import { baskets } from '../../schema.ts'
import type { AdminBasketSummary } from '../../shapes/admin-basket.ts'

const { lines, ...columns } = getTableColumns(baskets)

/** Any basket of the shop, as it was last changed; of its lines the number alone. */
export const selectSummaries = (db: Executor) =>
  db.select({ ...columns, line_count: sql<number>`json_length(${lines})`.mapWith(Number) }).from(baskets)
type Row = Awaited<ReturnType<typeof selectSummaries>>[number]

export const showSummary = (basket: Row): AdminBasketSummary => ({
  id: basket.id,
  user_id: basket.user_id,
  status: basket.status,
  version: basket.version,
  line_count: basket.line_count,
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
