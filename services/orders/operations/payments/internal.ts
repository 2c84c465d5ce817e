import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import type { OrderRow, PaymentRow } from '../../schema.ts'

/** This very request, asked again under its key: what it asked for is under way or done. */
export const isRepetition = (ctx: Ctx, payment: PaymentRow): boolean =>
  payment.operation_id === ctx.operationId

export const illegalMovement = (what: string, { status, payment_status }: OrderRow): Problem =>
  new Problem('illegal_transition', `This payment cannot be ${what} now`, {
    order_status: status,
    payment_status,
  })
