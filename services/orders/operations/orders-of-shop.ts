import { and, desc, eq, gte, isNull, like, lt, type SQL } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { type Page, page } from '../../../shared/http/pagination.ts'
import { orderMachine, type OrderStatus } from '../domain/order-states.ts'
import type { Ctx } from '../needs.ts'
import { fetchOrder, historyOf, paymentsOf } from '../queries.ts'
import { type OrderRow, orders } from '../schema.ts'
import type { AdminOrder, AdminOrderSummary, OrderChanges } from '../shapes/order.ts'
import { showAdminOrder, showAdminSummary } from './show-order.ts'
import { newestAfter, newestCursor, summaryColumns } from './orders-of-customer.ts'

export type OrderFilter = {
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

export async function listOrders(ctx: Ctx, filter: OrderFilter): Promise<Page<AdminOrderSummary>> {
  const { status, user_id, order_number, placed_from, placed_before, q } = filter
  const conditions: (SQL | undefined)[] = [
    isNull(orders.deleted_at),
    status && eq(orders.status, status),
    user_id && eq(orders.user_id, user_id),
    order_number ? eq(orders.order_number, order_number) : undefined,
    placed_from ? gte(orders.placed_at, new Date(placed_from)) : undefined,
    placed_before ? lt(orders.placed_at, new Date(placed_before)) : undefined,
    q ? like(orders.customer_email, `${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`) : undefined,
    newestAfter(filter.cursor),
  ]
  const rows = await ctx.db.select(adminColumns).from(orders).where(and(...conditions))
    .orderBy(desc(orders.placed_at), desc(orders.id)).limit(filter.limit + 1)
  return page(rows, filter.limit, newestCursor, showAdminSummary)
}

export async function getOrder(ctx: Ctx, id: OrderRow['id']): Promise<AdminOrder> {
  const placed = await fetchOrder(ctx.db, id)
  const [history, payments] = await Promise.all([historyOf(ctx.db, id), paymentsOf(ctx.db, id)])
  return showAdminOrder(placed, history, payments)
}

/** Throws `precondition_failed` when the order is no longer at `version`. */
export async function changeOrder(
  ctx: Ctx,
  id: OrderRow['id'],
  version: number,
  changes: OrderChanges,
): Promise<AdminOrder> {
  await ctx.transaction(async (tx) => {
    const result = await tx.update(orders).set({ ...changes, version: version + 1, updated_at: ctx.now() })
      .where(and(eq(orders.id, id), eq(orders.version, version), isNull(orders.deleted_at)))
    if (affectedRows(result) === 0) {
      await fetchOrder(tx, id)
      throw new Problem('precondition_failed')
    }
    tx.audit('order.updated', id, changes)
  })
  return await getOrder(ctx, id)
}

/** Hides an order that came to its end; the row is kept for accounting. Throws `in_use` for one that is under way. */
export async function deleteOrder(ctx: Ctx, id: OrderRow['id']): Promise<void> {
  const { order } = await fetchOrder(ctx.db, id)
  if (!orderMachine.isFinal(order.status) || order.lease_until) {
    throw new Problem('in_use', 'Only delivered, cancelled and refunded orders can be deleted', {
      order_status: order.status,
    })
  }
  await ctx.transaction(async (tx) => {
    const now = ctx.now()
    const result = await tx.update(orders).set({
      deleted_at: now,
      updated_at: now,
      version: order.version + 1,
    })
      .where(and(eq(orders.id, id), eq(orders.version, order.version), isNull(orders.deleted_at)))
    if (affectedRows(result) === 0) throw new Problem('conflict', 'The order has changed meanwhile')
    tx.audit('order.deleted', id)
  })
}
