import { Problem } from '../../../../shared/errors/problem.ts'
import { mayCustomerCancel } from '../../domain/order-states.ts'
import type { Ctx } from '../../needs.ts'
import { fetchOrder } from '../../queries/orders.ts'
import type { OrderRow } from '../../schema.ts'
import type { Cancellation, Order } from '../../shapes/order.ts'
import { cancelAndSettle } from '../../writes/cancel-order.ts'
import { customerOf, showOrder } from './internal.ts'

/** By its customer, within 24 hours and before it is being prepared. Throws `illegal_transition`. */
export async function cancelOrder(
  ctx: Ctx,
  id: OrderRow['id'],
  { reason = 'customer_request' }: Cancellation,
): Promise<Order> {
  const customer = customerOf(ctx)
  const order = await fetchOrder(ctx.db, id, customer.id)
  if (!mayCustomerCancel(order, ctx.now())) {
    throw new Problem('illegal_transition', 'This order can no longer be cancelled here', {
      order_status: order.status,
    })
  }
  await cancelAndSettle(ctx, order, { reason, by: customer.id })
  return showOrder(await fetchOrder(ctx.db, id, customer.id))
}
