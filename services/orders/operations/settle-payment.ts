import { and, eq, inArray } from 'drizzle-orm'
import type { Ctx } from '../needs.ts'
import { fetchPayment } from '../queries.ts'
import { type OrderRow, orders, payments } from '../schema.ts'
import { ask } from './payments/index.ts'

/**
 * Gives up the authorisation of a cancelled order. Repeatable; where it fails, the lease stays and the job
 * `resume-checkouts` asks again. Money that was captured already is for staff to refund.
 */
export async function settlePayment(ctx: Ctx, order: OrderRow): Promise<void> {
  const payment = await fetchPayment(ctx.db, order.id)
  const isOpen = payment.status === 'pending' || payment.status === 'authorized'
  if (isOpen) await ask('void', order, payment.provider_reference)
  await ctx.transaction(async (tx) => {
    const updated_at = ctx.now()
    if (isOpen) {
      await tx.update(payments).set({ status: 'voided', updated_at })
        .where(and(eq(payments.id, payment.id), inArray(payments.status, ['pending', 'authorized'])))
    }
    await tx.update(orders)
      .set({ lease_until: null, ...(isOpen && { payment_status: 'voided', updated_at }) })
      .where(and(eq(orders.id, order.id), eq(orders.status, 'cancelled')))
  })
}
