import { and, eq, gte, isNull, like, lt } from 'drizzle-orm'
import type { Page, PageQuery } from '../../../../shared/http/pagination.ts'
import type { OrderStatus } from '../../domain/order-states.ts'
import type { Ctx } from '../../needs.ts'
import { type OrderRow, orders } from '../../schema.ts'
import type { AdminOrderSummary } from '../../shapes/order.ts'
import { newestFirst, showAdminSummary, summaryColumns } from './internal.ts'

type Filter = PageQuery & {
  status?: OrderStatus
  user_id?: OrderRow['user_id']
  order_number?: string
  placed_from?: string
  placed_before?: string
  q?: string
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
  const matches = and(
    isNull(orders.deleted_at),
    status && eq(orders.status, status),
    user_id && eq(orders.user_id, user_id),
    order_number ? eq(orders.order_number, order_number) : undefined,
    placed_from ? gte(orders.placed_at, new Date(placed_from)) : undefined,
    placed_before ? lt(orders.placed_at, new Date(placed_before)) : undefined,
    q ? like(orders.customer_email, `${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`) : undefined,
  )
  return await newestFirst.list(ctx.db.select(adminColumns).from(orders), filter, showAdminSummary, matches)
}
