import { and, eq, gte, isNull, like, lt, type SQL } from 'drizzle-orm'
import type { Page } from '../../../../shared/http/pagination.ts'
import type { OrderStatus } from '../../domain/order-states.ts'
import type { Ctx } from '../../needs.ts'
import { type OrderRow, orders } from '../../schema.ts'
import type { AdminOrderSummary } from '../../shapes/order.ts'
import { newestFirst, showAdminSummary, summaryColumns } from './internal.ts'

type Filter = {
  status?: OrderStatus
  user_id?: OrderRow['user_id']
  order_number?: string
  placed_from?: string
  placed_before?: string
  q?: string
  limit: number
  cursor?: string
}

const adminColumns = {
  ...summaryColumns,
  user_id: orders.user_id,
  customer_name: orders.customer_name,
  customer_email: orders.customer_email,
}

/** Of the whole shop, newest first. */
export async function adminListOrders(ctx: Ctx, filter: Filter): Promise<Page<AdminOrderSummary>> {
  const { status, user_id, order_number, placed_from, placed_before, q } = filter
  const conditions: (SQL | undefined)[] = [
    isNull(orders.deleted_at),
    status && eq(orders.status, status),
    user_id && eq(orders.user_id, user_id),
    order_number ? eq(orders.order_number, order_number) : undefined,
    placed_from ? gte(orders.placed_at, new Date(placed_from)) : undefined,
    placed_before ? lt(orders.placed_at, new Date(placed_before)) : undefined,
    q ? like(orders.customer_email, `${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`) : undefined,
    newestFirst.after(filter.cursor),
  ]
  const rows = await ctx.db.select(adminColumns).from(orders).where(and(...conditions))
    .orderBy(...newestFirst.order).limit(filter.limit + 1)
  return newestFirst.page(rows, filter.limit, showAdminSummary)
}
