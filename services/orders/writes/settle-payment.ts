import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { money } from '../../../shared/kernel/money.ts'
import { showPrice } from '../../../shared/kernel/vat.ts'
import { effectsOf, orderMachine } from '../domain/order-states.ts'
import { refundOf } from '../domain/refund.ts'
import { orderPaid, orderRefunded } from '../events.ts'
import type { Tx } from '../../../shared/service/context.ts'
import type { Ctx } from '../needs.ts'
import { askToMove } from '../payments/ask.ts'
import { fetchPayment, findOrder, lockOrder } from '../queries/orders.ts'
import { type OrderRow, orders, orderStatusHistory, type PaymentRow } from '../schema.ts'
import { leaseUntil } from '../checkout/lease.ts'
import { baseOf, itemsOf } from './events-of.ts'
import { giveMoneyBack } from './give-money-back.ts'
import { change } from './history.ts'
import { movePayment } from './move-payment.ts'

/**
 * Asks the provider for what a payment waits for, and notes that it happened. Repeatable by anyone at any time: the
 * provider knows the key, and only the first to come back changes the state. Throws `upstream_failed` and
 * `upstream_timeout`: the payment then stays as it is, and the job `resume` asks again.
 */
export async function settlePayment(ctx: Ctx, order_id: OrderRow['id']): Promise<void> {
  const payment = await fetchPayment(ctx.db, order_id)
  const order = await findOrder(ctx.db, order_id)
  if (!order) return
  switch (payment.status) {
    case 'voiding':
      await askToMove(ctx, 'void', order, payment)
      await ctx.transaction((tx) => movePayment(tx, payment, 'voided', ctx.now(), {}, ['voiding']))
      return
    case 'capturing': {
      const { reference } = await askToMove(ctx, 'capture', order, payment)
      if (await noteCapture(ctx, payment, reference)) await settlePayment(ctx, order_id)
      return
    }
    case 'refunding': {
      const { reference } = await askToMove(ctx, 'refund', order, payment)
      if (await noteRefund(ctx, payment, reference)) await settlePayment(ctx, order_id)
    }
  }
}

/** True when the order was cancelled while its money was being taken: it is on its way back. */
async function noteCapture(ctx: Ctx, payment: PaymentRow, reference: string): Promise<boolean> {
  return await ctx.transaction(async (tx) => {
    const at = ctx.now()
    const order = await lockOrder(tx, payment.order_id)
    if (!await movePayment(tx, payment, 'captured', at, { provider_reference: reference }, ['capturing'])) {
      return false
    }
    tx.emit(orderPaid, {
      ...baseOf(order),
      payment_method: order.payment_method,
      amount_paid: money(payment.amount, payment.currency),
      transaction_id: reference,
      paid_at: at.toISOString(),
    })
    tx.audit('order.payment_captured', order.id, { reference })
    return await returnTheRest(ctx, tx, order, payment)
  })
}

/** Of an order that was cancelled while its money moved. True: the provider has to be asked. */
async function returnTheRest(ctx: Ctx, tx: Tx, order: OrderRow, payment: PaymentRow): Promise<boolean> {
  if (order.status !== 'cancelled') return false
  return await giveMoneyBack(ctx, tx, order, { ...payment, status: 'captured' }, {
    reason: order.cancellation_reason ?? 'cancelled',
    by: 'payments',
    due_at: leaseUntil(ctx, ctx.now()),
  })
}

/**
 * All of it, before the order has left: the order becomes `refunded`, with what the state table says of that. True when
 * the order was cancelled while a part went back: the rest of it is on its way, too.
 */
async function noteRefund(ctx: Ctx, payment: PaymentRow, reference: string): Promise<boolean> {
  return await ctx.transaction(async (tx) => {
    const at = ctx.now()
    const order = await lockOrder(tx, payment.order_id)
    const refunded_amount = payment.refunded_amount + payment.refunding_amount
    const isWhole = refunded_amount === payment.amount
    const noted = { refunded_amount, refunding_amount: 0 }
    if (!await movePayment(tx, payment, isWhole ? 'refunded' : 'captured', at, noted, ['refunding'])) {
      return false
    }
    const reason = payment.refund_reason
    const by = payment.refund_by ?? 'payments'
    const isEnd = isWhole && orderMachine.can(order.status, 'refunded')
    if (isEnd) {
      const ended = await tx.update(orders).set({ status: 'refunded', placed_basket_id: null })
        .where(and(eq(orders.id, order.id), eq(orders.status, order.status)))
      if (affectedRows(ended) === 0) throw new Error('a locked order has moved')
      await tx.insert(orderStatusHistory).values(change(ctx, order, 'refunded', by, reason, at))
    }
    const effects = isEnd ? effectsOf(order.status, 'refunded') : undefined
    const total = { net: order.total_net, gross: order.total_gross }
    tx.emit(orderRefunded, {
      ...baseOf(order),
      items: itemsOf(order),
      previous_status: order.status,
      status: isEnd ? 'refunded' : order.status,
      refund: showPrice(refundOf(total, payment.refunded_amount, payment.refunding_amount), order.currency),
      amount_refunded: money(refunded_amount, order.currency),
      is_whole: isWhole,
      stock: effects?.stock ?? 'kept',
      promo_codes: effects?.promo_codes ?? 'kept',
      reason,
      refunded_at: at.toISOString(),
    })
    tx.audit('order.payment_refunded', order.id, { reference, reason, amount: payment.refunding_amount })
    return !isWhole && await returnTheRest(ctx, tx, order, { ...payment, ...noted })
  })
}
