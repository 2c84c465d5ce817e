import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { money } from '../../../shared/kernel/money.ts'
import { orderCancelled } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { insertHistory } from '../queries.ts'
import { orders, payments, type Placed, type Refusal } from '../schema.ts'
import { baseOf, itemsOf } from './events-of.ts'
import { change, firstChanges } from './history.ts'
import { leaseUntil } from './lease.ts'

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

/**
 * Cancels an order in the state it was read in. What it holds is given back by those who hear `order.cancelled`; the
 * money by `settlePayment`, for which a lease is left. Undefined when the order has changed meanwhile.
 */
export async function cancelOrder(
  ctx: Ctx,
  placed: Placed,
  cancellation: Cancellation,
): Promise<Placed | undefined> {
  const { order, lines } = placed
  const { reason, by, lease, refusal, holdsMoney, paymentError, isAudited } = cancellation
  const isPaid = order.payment_status === 'paid'
  const isVoidable = !isPaid && holdsMoney
  return await ctx.transaction(async (tx) => {
    const at = ctx.now()
    const changes = {
      status: 'cancelled' as const,
      ...(!isPaid && !isVoidable && { payment_status: paymentError ? 'failed' as const : 'voided' as const }),
      placed_basket_id: null,
      cancelled_at: at,
      cancellation_reason: reason,
      refusal: refusal ?? null,
      // While a checkout runs, its own lease has to pass first: an authorisation may be under way.
      lease_until: isVoidable ? order.lease_until ?? leaseUntil(ctx, at) : null,
      version: order.version + 1,
      updated_at: at,
    }
    const result = await tx.update(orders).set(changes).where(and(
      eq(orders.id, order.id),
      eq(orders.status, order.status),
      eq(orders.payment_status, order.payment_status),
      lease ? eq(orders.lease_until, lease) : undefined,
    ))
    if (affectedRows(result) === 0) return undefined
    if (!isPaid && !isVoidable) {
      await tx.update(payments)
        .set({ status: paymentError ? 'failed' : 'voided', error: paymentError ?? null, updated_at: at })
        .where(eq(payments.order_id, order.id))
    }
    const noted = [ctx, order, 'cancelled', by, reason, at] as const
    await insertHistory(tx, order.status === 'pending' ? firstChanges(...noted) : [change(...noted)])
    tx.emit(orderCancelled, {
      ...baseOf(order),
      items: itemsOf(lines),
      previous_status: order.status,
      reason,
      cancelled_by: by,
      refund_required: isPaid,
      refund_amount: money(isPaid ? order.total_gross : 0, order.currency),
      cancelled_at: at.toISOString(),
    })
    if (isAudited) tx.audit('order.cancelled', order.id, { from: order.status, reason })
    return { order: { ...order, ...changes }, lines }
  })
}
