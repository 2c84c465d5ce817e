import { leaseUntil } from '../../checkout/lease.ts'
import { orderStates } from '../../domain/order-states.ts'
import type { Ctx } from '../../needs.ts'
import { fetchPayment, lockOrder } from '../../queries/orders.ts'
import type { OrderRow } from '../../schema.ts'
import type { AdminOrder } from '../../shapes/order.ts'
import { movePayment } from '../../writes/move-payment.ts'
import { settlePayment } from '../../writes/settle-payment.ts'
import { adminGetOrder } from '../orders/admin-get.ts'
import { illegalMovement, isRepetition } from './internal.ts'

/**
 * Takes the authorised money; with `manual`, notes that it has arrived. Asked again while the provider's answer is open,
 * it asks the provider again, under the same key. Where the
 * order is cancelled meanwhile the money was taken all the same, and is given back. Throws `illegal_transition` unless the payment is authorised.
 */
export async function adminCapturePayment(ctx: Ctx, id: OrderRow['id']): Promise<AdminOrder> {
  await ctx.transaction(async (tx) => {
    const order = await lockOrder(tx, id)
    const payment = await fetchPayment(tx, id)
    if (payment.status === 'capturing' || isRepetition(ctx, payment)) return
    const changes = { operation_id: ctx.operationId, due_at: leaseUntil(ctx, ctx.now()) }
    const isCapturable = orderStates[order.status].isCapturable &&
      await movePayment(tx, payment, 'capturing', ctx.now(), changes)
    if (!isCapturable) throw illegalMovement('captured', order)
  })
  await settlePayment(ctx, id)
  return await adminGetOrder(ctx, id)
}
