import { Problem } from '../../../../shared/errors/problem.ts'
import { leaseUntil } from '../../checkout/lease.ts'
import { orderStates } from '../../domain/order-states.ts'
import type { Ctx } from '../../needs.ts'
import { fetchPayment, lockOrder } from '../../queries/orders.ts'
import type { OrderRow, PaymentRow } from '../../schema.ts'
import type { AdminOrder, NewRefund } from '../../shapes/order.ts'
import { changedBy } from '../../writes/history.ts'
import { movePayment } from '../../writes/move-payment.ts'
import { settlePayment } from '../../writes/settle-payment.ts'
import { adminGetOrder } from '../orders/admin-get.ts'
import { illegalMovement, isRepetition } from './internal.ts'

/**
 * Gives captured money back: `amount` of it, or all that is left. What a whole refund does to the order beside is told
 * by the state table; one that has left, or was cancelled, stays what it is. Throws `illegal_transition` unless
 * there is captured money, `validation_failed` for more than is left, and `conflict` while another refund is under way.
 */
export async function adminRefundPayment(
  ctx: Ctx,
  id: OrderRow['id'],
  input: NewRefund,
): Promise<AdminOrder> {
  await ctx.transaction(async (tx) => {
    const order = await lockOrder(tx, id)
    const payment = await fetchPayment(tx, id)
    if (isRepetition(ctx, payment)) return
    if (payment.status === 'refunding') throw new Problem('conflict', 'Another refund is under way')
    if (!orderStates[order.status].isRefundable) throw illegalMovement('refunded', order)
    const moved = await movePayment(tx, payment, 'refunding', ctx.now(), {
      refunding_amount: amountOf(payment, input.amount),
      operation_id: ctx.operationId,
      refund_reason: input.reason ?? null,
      refund_by: changedBy(ctx),
      due_at: leaseUntil(ctx, ctx.now()),
    })
    if (!moved) throw illegalMovement('refunded', order)
  })
  await settlePayment(ctx, id)
  return await adminGetOrder(ctx, id)
}

function amountOf(payment: PaymentRow, wanted: number | undefined): number {
  const left = payment.amount - payment.refunded_amount
  if (wanted === undefined || wanted <= left) return wanted ?? left
  throw new Problem('validation_failed', undefined, {
    errors: [{ pointer: '/amount', message: `at most ${left} can be given back` }],
  })
}
