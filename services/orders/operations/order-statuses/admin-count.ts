import { count, isNull } from 'drizzle-orm'
import { orderStatuses } from '../../domain/order-states.ts'
import type { Ctx } from '../../needs.ts'
import { orders } from '../../schema.ts'
import type { OrderStatistics } from '../../shapes/order-status.ts'

/** How many orders are in each state, none left out. */
export async function adminCountOrders(ctx: Ctx): Promise<OrderStatistics> {
  const rows = await ctx.db.select({ status: orders.status, orders: count() }).from(orders)
    .where(isNull(orders.deleted_at)).groupBy(orders.status)
  const counts = new Map(rows.map((row) => [row.status, row.orders]))
  return { data: orderStatuses.map((status) => ({ status, orders: counts.get(status) ?? 0 })) }
}
