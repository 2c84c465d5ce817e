import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { OrderStatus } from '../../domain/order-states.ts'
import { orderCompleted, orderStatusChanged } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { fetchOrder } from '../../queries/orders.ts'
import { type OrderRow, orders, orderStatusHistory } from '../../schema.ts'
import type { AdminOrder, StatusChange } from '../../shapes/order.ts'
import { baseOf, totalOf } from '../../writes/events-of.ts'
import { change, changedBy } from '../../writes/history.ts'
import { adminGetOrder } from './admin-get.ts'
import { requireTransition } from './internal.ts'

/** These states are reached by what earns them, not by naming them. */
const EARNED: Partial<Record<OrderStatus, string>> = {
  confirmed: 'Only the checkout confirms an order, once stock and payment are secured',
  cancelled: 'Use POST /v1/admin/orders/{id}/cancel',
  refunded: 'Use POST /v1/admin/orders/{id}/refund',
}

/** Moves an order along its state machine. Throws `illegal_transition`, naming the states it may become. */
export async function adminUpdateOrderStatus(
  ctx: Ctx,
  id: OrderRow['id'],
  { status, reason }: StatusChange,
): Promise<AdminOrder> {
  const order = await fetchOrder(ctx.db, id)
  requireTransition(order.status, status)
  if (EARNED[status]) throw new Problem('illegal_transition', EARNED[status], { order_status: order.status })
  await ctx.transaction(async (tx) => {
    const at = ctx.now()
    const isCompleted = status === 'delivered'
    const result = await tx.update(orders)
      .set({ status, version: order.version + 1, updated_at: at, ...(isCompleted && { completed_at: at }) })
      .where(and(eq(orders.id, id), eq(orders.status, order.status), eq(orders.version, order.version)))
    if (affectedRows(result) === 0) throw new Problem('conflict', 'The order has changed meanwhile')
    const by = changedBy(ctx)
    await tx.insert(orderStatusHistory).values(change(ctx, order, status, by, reason, at))
    tx.emit(orderStatusChanged, {
      ...baseOf(order),
      previous_status: order.status,
      new_status: status,
      changed_by: by,
      reason,
      changed_at: at.toISOString(),
    })
    if (isCompleted) {
      tx.emit(orderCompleted, {
        ...baseOf(order),
        total: totalOf(order),
        completed_at: at.toISOString(),
      })
    }
    tx.audit('order.status_changed', id, { from: order.status, to: status, reason })
  })
  return await adminGetOrder(ctx, id)
}
