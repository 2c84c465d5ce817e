import { and, eq, sql } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { money } from '../../../shared/kernel/money.ts'
import { leaseUntil } from '../checkout/lease.ts'
import { effectsOf } from '../domain/order-states.ts'
import { orderCancelled } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { fetchPayment, insertHistory } from '../queries/orders.ts'
import { type OrderRow, orders, type PaymentRow, type Refusal } from '../schema.ts'
import { baseOf, emitCreated, itemsOf } from './events-of.ts'
import { giveMoneyBack } from './give-money-back.ts'
import { change } from './history.ts'
import { movePayment } from './move-payment.ts'
import { settlePayment } from './settle-payment.ts'

type Cancellation = {
  reason: string
  by: string
  /** Only while this lease is held. */
  lease?: Date | null
  refusal?: Refusal
  /** Whether the provider may have authorised something that has to be given up. */
  holdsMoney: boolean
  /** The provider's refusal. */
  paymentError?: string
  /** For the audit log: staff did it. */
  isAudited?: boolean
}

/** `isOwed`: the provider has to be asked to give money up or back, by `settlePayment`. */
export type Cancelled = { order: OrderRow; isOwed: boolean }

/**
 * Cancels an order in the state it was read in. What it holds is given back by those who hear `order.cancelled`, as
 * the state table says. Undefined when the order has changed meanwhile.
 */
export async function cancelOrder(
  ctx: Ctx,
  order: OrderRow,
  cancellation: Cancellation,
): Promise<Cancelled | undefined> {
  const { reason, by, lease, refusal, isAudited } = cancellation
  const effects = effectsOf(order.status, 'cancelled')
  return await ctx.transaction(async (tx) => {
    const at = ctx.now()
    const changes = {
      status: 'cancelled' as const,
      placed_basket_id: null,
      cancelled_at: at,
      cancellation_reason: reason,
      refusal: refusal ?? null,
      lease_until: null,
      updated_at: at,
    }
    const result = await tx.update(orders).set({ ...changes, version: sql`${orders.version} + 1` }).where(and(
      eq(orders.id, order.id),
      eq(orders.status, order.status),
      lease ? eq(orders.lease_until, lease) : undefined,
    ))
    if (affectedRows(result) === 0) return undefined
    const payment = await fetchPayment(tx, order.id)
    const isOwed = await releaseMoney(ctx, tx, order, payment, cancellation)
    await insertHistory(tx, [change(ctx, order, 'cancelled', by, reason, at)])
    const captured = heldOf(payment)
    if (order.status === 'pending') emitCreated(tx, order)
    tx.emit(orderCancelled, {
      ...baseOf(order),
      items: itemsOf(order),
      previous_status: order.status,
      reason,
      cancelled_by: by,
      stock: effects.stock,
      promo_codes: effects.promo_codes,
      refund_required: captured > 0,
      refund_amount: money(captured, order.currency),
      cancelled_at: at.toISOString(),
    })
    if (isAudited) tx.audit('order.cancelled', order.id, { from: order.status, reason })
    return { order: { ...order, ...changes }, isOwed }
  })
}

/** Captured money that is on its way back to nobody yet; of a capture under way nobody knows. Minor units. */
const heldOf = ({ status, amount, refunded_amount, refunding_amount }: PaymentRow): number =>
  status === 'captured' || status === 'refunding' ? amount - refunded_amount - refunding_amount : 0

/** While a checkout runs, its own lease has to pass first: an authorisation may be under way. */
async function releaseMoney(
  ctx: Ctx,
  tx: Parameters<typeof movePayment>[0],
  order: OrderRow,
  payment: Parameters<typeof movePayment>[1],
  { reason, by, holdsMoney, paymentError }: Cancellation,
): Promise<boolean> {
  const at = ctx.now()
  if (holdsMoney) {
    const due_at = order.lease_until ?? leaseUntil(ctx, at)
    return await giveMoneyBack(ctx, tx, order, payment, { reason, by, due_at })
  }
  const error = paymentError ?? null
  await movePayment(tx, payment, paymentError ? 'failed' : 'voided', at, { error }, ['pending'])
  return false
}

/**
 * For whoever cancels an order that is none of a running checkout's: what it holds of money is given up or back at
 * once, or by the job `resume` where the provider doesn't answer. While a checkout still runs, that is left to it and
 * to the job. Throws `conflict` when the order has changed meanwhile.
 */
export async function cancelAndSettle(
  ctx: Ctx,
  order: OrderRow,
  given: Pick<Cancellation, 'reason' | 'by' | 'isAudited'>,
): Promise<void> {
  const cancelled = await cancelOrder(ctx, order, { ...given, holdsMoney: true })
  if (!cancelled) throw new Problem('conflict', 'The order has changed meanwhile')
  if (order.status === 'pending' || !cancelled.isOwed) return
  try {
    await settlePayment(ctx, order.id)
  } catch (error) {
    ctx.log.warn('the money will be given up or back later', { order_id: order.id, error })
  }
}
