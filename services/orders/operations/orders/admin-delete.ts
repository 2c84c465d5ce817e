import { and, eq, isNull } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { orderMachine } from '../../domain/order-states.ts'
import type { Ctx } from '../../needs.ts'
import { fetchOrder, fetchPayment } from '../../queries/orders.ts'
import { type OrderRow, orders } from '../../schema.ts'

/**
 * Hides an order that came to its end; the row is kept for accounting. Throws `in_use` for one that is under way, or
 * cancelled with money that is still to be given back: nobody would find it again.
 */
export async function adminDeleteOrder(ctx: Ctx, id: OrderRow['id']): Promise<void> {
  const order = await fetchOrder(ctx.db, id)
  const payment = await fetchPayment(ctx.db, id)
  const isOwed = order.status === 'cancelled' && payment.status === 'captured'
  if (!orderMachine.isFinal(order.status) || payment.due_at || isOwed) {
    const { status: order_status, payment_status } = order
    throw new Problem(
      'in_use',
      'Only delivered, cancelled and refunded orders that owe nothing can be deleted',
      {
        order_status,
        payment_status,
      },
    )
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
