import { Problem } from '../../../shared/errors/problem.ts'
import { money } from '../../../shared/kernel/money.ts'
import { operationOf } from '../domain/order-id.ts'
import type { Ctx } from '../needs.ts'
import type { OrderRow, PaymentRow } from '../schema.ts'
import { manual } from './manual.ts'
import type { PaymentProvider, PaymentRequest } from './provider.ts'

/** By payment method. A further provider is one more line here and in the shape of an order. */
export const providers: Record<string, PaymentProvider> = { manual }

const LIMIT_MS = { authorize: 10_000, capture: 15_000, void: 15_000, refund: 15_000 }
type Step = keyof typeof LIMIT_MS
type Order = Pick<OrderRow, 'id' | 'order_number' | 'payment_method' | 'total_gross' | 'currency'>
type Answer<K extends Step> = Awaited<ReturnType<PaymentProvider[K]>>

/** The key derives from the order: every attempt at its checkout asks for one and the same authorisation. */
export const askToAuthorize = (ctx: Ctx, order: Order): Promise<Answer<'authorize'>> =>
  ask(ctx, 'authorize', order, operationOf(order.id), order.total_gross, null)

/** The key derives from the request that asked for the movement under way. */
export const askToMove = <K extends 'capture' | 'void' | 'refund'>(
  ctx: Ctx,
  step: K,
  order: Order,
  payment: PaymentRow,
): Promise<Answer<K>> => {
  const amount = step === 'refund' ? payment.refunding_amount : payment.amount
  return ask(ctx, step, order, payment.operation_id, amount, payment.provider_reference)
}

/**
 * Asks the provider of the order's payment method, within its time limit. Throws `upstream_timeout` and
 * `upstream_failed`: the outcome is then unknown, and asking again is safe.
 */
async function ask<K extends Step>(
  ctx: Ctx,
  step: K,
  order: Order,
  operation: string,
  amount: number,
  reference: string | null,
): Promise<Answer<K>> {
  const provider = providers[order.payment_method]
  if (!provider) throw new Problem('upstream_failed', `No payment provider ${order.payment_method}`)
  const request: PaymentRequest = {
    key: `${operation}:${step}`,
    order_number: order.order_number,
    amount: money(amount, order.currency),
    reference,
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Problem('upstream_timeout')), Math.min(LIMIT_MS[step], leftOf(ctx)))
  })
  try {
    return await ctx.outside(() => Promise.race([provider[step](request), late])) as Answer<K>
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('upstream_failed')
  } finally {
    clearTimeout(timer)
  }
}

/** Whoever asked us has gone by then: what is left of the time is the provider's at most. */
const leftOf = ({ origin }: Ctx): number =>
  origin.deadline === undefined ? Infinity : Math.max(0, origin.deadline - Date.now())
