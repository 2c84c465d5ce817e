import { and, eq, inArray, sql } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import type { Tx } from '../../../shared/service/context.ts'
import { paymentMachine, type PaymentState, statusOf } from '../domain/payment-states.ts'
import { orders, type PaymentRow, payments } from '../schema.ts'

type Changes = Partial<
  Pick<
    PaymentRow,
    | 'provider_reference'
    | 'refunded_amount'
    | 'refunding_amount'
    | 'operation_id'
    | 'refund_reason'
    | 'refund_by'
    | 'error'
    | 'due_at'
  >
>

/**
 * The only way a payment changes its state: if it is in one from which the machine leads to `to`, or in one of `from`
 * where that is given, and nobody has asked for another movement since it was read. False, and nothing changed, when it is not: somebody else was faster. What its order says of
 * the payment changes with it.
 */
export async function movePayment(
  tx: Tx,
  payment: PaymentRow,
  to: PaymentState,
  at: Date,
  changes: Changes = {},
  from: readonly PaymentState[] = paymentMachine.sources(to),
): Promise<boolean> {
  const moved = await tx.update(payments)
    .set({ status: to, due_at: null, attempts: 0, updated_at: at, ...changes })
    .where(
      and(
        eq(payments.id, payment.id),
        inArray(payments.status, [...from]),
        eq(payments.operation_id, payment.operation_id),
      ),
    )
  if (affectedRows(moved) === 0) return false
  await tx.update(orders).set({
    payment_status: statusOf(to, changes.refunded_amount ?? payment.refunded_amount),
    version: sql`${orders.version} + 1`,
    updated_at: at,
  }).where(eq(orders.id, payment.order_id))
  return true
}
