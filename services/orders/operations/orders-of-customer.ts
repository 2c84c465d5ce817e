import { and, desc, eq, isNull, lt, or } from 'drizzle-orm'
import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import { mayCustomerCancel } from '../domain/order-states.ts'
import type { Ctx } from '../needs.ts'
import { fetchOrder } from '../queries.ts'
import { type OrderRow, orders } from '../schema.ts'
import type { Order, OrderSummary } from '../shapes/order.ts'
import { showOrder, showSummary } from './show-order.ts'
import { cancelOrder } from './cancel-order.ts'
import { settlePayment } from './settle-payment.ts'

/** Columns of a list: addresses and the like are left where they are. */
export const summaryColumns = {
  id: orders.id,
  order_number: orders.order_number,
  status: orders.status,
  payment_status: orders.payment_status,
  item_count: orders.item_count,
  total_net: orders.total_net,
  total_gross: orders.total_gross,
  currency: orders.currency,
  placed_at: orders.placed_at,
  confirmed_at: orders.confirmed_at,
  completed_at: orders.completed_at,
  cancelled_at: orders.cancelled_at,
}

/** Newest first. */
export const newestAfter = (cursor: string | undefined) => {
  const after = decodeCursor('newest', 2, cursor) as [number, OrderRow['id']] | undefined
  if (!after) return undefined
  const at = new Date(after[0])
  return or(lt(orders.placed_at, at), and(eq(orders.placed_at, at), lt(orders.id, after[1])))
}
export const newestCursor = (row: Pick<OrderRow, 'placed_at' | 'id'>) =>
  encodeCursor('newest', [row.placed_at.getTime(), row.id])

export async function listOwnOrders(
  ctx: Ctx,
  user_id: OrderRow['user_id'],
  query: { limit: number; cursor?: string },
): Promise<Page<OrderSummary>> {
  const rows = await ctx.db.select(summaryColumns).from(orders)
    .where(and(eq(orders.user_id, user_id), isNull(orders.deleted_at), newestAfter(query.cursor)))
    .orderBy(desc(orders.placed_at), desc(orders.id))
    .limit(query.limit + 1)
  return page(rows, query.limit, newestCursor, showSummary)
}

export async function getOwnOrder(
  ctx: Ctx,
  user_id: OrderRow['user_id'],
  id: OrderRow['id'],
): Promise<Order> {
  return showOrder(await fetchOrder(ctx.db, id, user_id))
}

/** Within 24 hours and before it is being prepared. Throws `illegal_transition`. */
export async function cancelOwnOrder(
  ctx: Ctx,
  user_id: OrderRow['user_id'],
  id: OrderRow['id'],
  reason = 'customer_request',
): Promise<Order> {
  const placed = await fetchOrder(ctx.db, id, user_id)
  if (!mayCustomerCancel(placed.order, ctx.now())) {
    throw new Problem('illegal_transition', 'This order can no longer be cancelled here', {
      order_status: placed.order.status,
    })
  }
  const cancelled = await cancelOrder(ctx, placed, { reason, by: user_id, holdsMoney: true })
  if (!cancelled) throw new Problem('conflict', 'The order has changed meanwhile')
  return showOrder(await settled(ctx, placed.order, cancelled))
}

/** While a checkout still runs, giving the money up is left to it and to the recovery job. */
export async function settled<T extends { order: OrderRow }>(
  ctx: Ctx,
  before: OrderRow,
  cancelled: T,
): Promise<T> {
  if (before.status === 'pending' || cancelled.order.lease_until === null) return cancelled
  try {
    await settlePayment(ctx, cancelled.order)
    return { ...cancelled, order: { ...cancelled.order, payment_status: 'voided', lease_until: null } }
  } catch (error) {
    ctx.log.warn('payment will be given up later', { order_id: cancelled.order.id, error })
    return cancelled
  }
}
