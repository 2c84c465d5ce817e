import type { Tx } from '../../../shared/service/context.ts'
import type { Ctx } from '../needs.ts'
import { providers } from '../payments/ask.ts'
import type { OrderRow, PaymentRow } from '../schema.ts'
import { movePayment } from './move-payment.ts'

/**
 * For an order that was cancelled: its authorisation is to be given up, what was captured refunded. A capture or
 * a refund of a part that is under way comes here once it is known what happened. Money that moves by hand is owed until staff notes that it went back.
 * True: the provider has to be asked, at `due_at` at the latest.
 */
export async function giveMoneyBack(
  ctx: Ctx,
  tx: Tx,
  order: OrderRow,
  payment: PaymentRow,
  { reason, by, due_at }: { reason: string; by: string; due_at: Date },
): Promise<boolean> {
  if (payment.status === 'pending' || payment.status === 'authorized') {
    return await movePayment(tx, payment, 'voiding', ctx.now(), { due_at })
  }
  if (payment.status !== 'captured' || providers[order.payment_method]?.isByHand) return false
  return await movePayment(tx, payment, 'refunding', ctx.now(), {
    refunding_amount: payment.amount - payment.refunded_amount,
    operation_id: ctx.newId('op'),
    refund_reason: reason,
    refund_by: by,
    due_at,
  })
}
