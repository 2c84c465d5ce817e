import { and, eq, sql } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { money } from '../../../../shared/kernel/money.ts'
import { orderMachine, type OrderStatus } from '../../domain/order-states.ts'
import { orderPaid, orderRefunded } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { fetchOrder, fetchPayment } from '../../queries.ts'
import { type OrderRow, orders, orderStatusHistory, payments } from '../../schema.ts'
import type { AdminOrder } from '../../shapes/order.ts'
import { baseOf, itemsOf } from '../events-of.ts'
import { change, changedBy } from '../history.ts'
import { getOrder } from '../orders-of-shop.ts'
import { ask } from './index.ts'

const CAPTURABLE: readonly OrderStatus[] = ['confirmed', 'processing', 'shipped', 'delivered']

/**
 * Takes the authorised money; with `manual`, notes that it has arrived. Throws `illegal_transition` unless the payment
 * is authorised. The provider moves the money before our row says so: a repetition after a crash has the same key.
 */
export async function capturePayment(ctx: Ctx, id: OrderRow['id']): Promise<AdminOrder> {
  const { order } = await fetchOrder(ctx.db, id)
  if (!CAPTURABLE.includes(order.status) || order.payment_status !== 'authorized') {
    throw illegal('captured', order)
  }
  const payment = await fetchPayment(ctx.db, id)
  const { reference } = await ask('capture', order, payment.provider_reference)
  await ctx.transaction(async (tx) => {
    const at = ctx.now()
    const result = await tx.update(payments).set({
      status: 'captured',
      provider_reference: reference,
      updated_at: at,
    })
      .where(and(eq(payments.id, payment.id), eq(payments.status, 'authorized')))
    if (affectedRows(result) === 0) throw new Problem('conflict', 'The payment has changed meanwhile')
    // Also when it was cancelled in between: the money is there and has to be refunded.
    await tx.update(orders).set({
      payment_status: 'paid',
      version: sql`${orders.version} + 1`,
      updated_at: at,
    })
      .where(eq(orders.id, id))
    tx.emit(orderPaid, {
      ...baseOf(order),
      payment_method: order.payment_method,
      amount_paid: money(order.total_gross, order.currency),
      transaction_id: reference,
      paid_at: at.toISOString(),
    })
    tx.audit('order.payment_captured', id, { reference })
  })
  return await getOrder(ctx, id)
}

/**
 * Gives captured money back, all of it. An order that has not left yet becomes `refunded`, one that was cancelled stays
 * so. Throws `illegal_transition` once it was shipped: cancel it first.
 */
export async function refundPayment(
  ctx: Ctx,
  id: OrderRow['id'],
  reason: string | null,
): Promise<AdminOrder> {
  const { order, lines } = await fetchOrder(ctx.db, id)
  const isCancelled = order.status === 'cancelled'
  if (order.payment_status !== 'paid' || !(isCancelled || orderMachine.can(order.status, 'refunded'))) {
    throw illegal('refunded', order)
  }
  const payment = await fetchPayment(ctx.db, id)
  const { reference } = await ask('refund', order, payment.provider_reference)
  await ctx.transaction(async (tx) => {
    const at = ctx.now()
    const result = await tx.update(payments).set({ status: 'refunded', updated_at: at })
      .where(and(eq(payments.id, payment.id), eq(payments.status, 'captured')))
    if (affectedRows(result) === 0) throw new Problem('conflict', 'The payment has changed meanwhile')
    // The money is back already: an order that moved on meanwhile keeps its state, and says that it was refunded.
    const moved = isCancelled ? 0 : affectedRows(
      await tx.update(orders).set({ status: 'refunded', placed_basket_id: null })
        .where(and(eq(orders.id, id), eq(orders.status, order.status))),
    )
    await tx.update(orders).set({
      payment_status: 'refunded',
      version: sql`${orders.version} + 1`,
      updated_at: at,
    })
      .where(eq(orders.id, id))
    if (moved) {
      await tx.insert(orderStatusHistory).values(change(ctx, order, 'refunded', changedBy(ctx), reason, at))
    }
    tx.emit(orderRefunded, {
      ...baseOf(order),
      items: itemsOf(lines),
      previous_status: order.status,
      amount: money(order.total_gross, order.currency),
      refunded_at: at.toISOString(),
    })
    tx.audit('order.payment_refunded', id, { reference, reason })
  })
  return await getOrder(ctx, id)
}

const illegal = (what: string, { status, payment_status }: OrderRow) =>
  new Problem('illegal_transition', `This payment cannot be ${what} now`, {
    order_status: status,
    payment_status,
  })
