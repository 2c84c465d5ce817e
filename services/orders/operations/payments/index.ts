import { Problem } from '../../../../shared/errors/problem.ts'
import { money } from '../../../../shared/kernel/money.ts'
import { operationOf } from '../../domain/order-id.ts'
import type { OrderRow } from '../../schema.ts'
import { manual } from './manual.ts'
import type { PaymentProvider, PaymentRequest } from './provider.ts'

/** By payment method. A further provider is one more line here and in the shape of an order. */
export const providers: Record<string, PaymentProvider> = { manual }

const LIMIT_MS = { authorize: 10_000, capture: 15_000, void: 15_000, refund: 15_000 }

/**
 * Asks the provider of the order's payment method, within its time limit. Throws `upstream_timeout` and
 * `upstream_failed`: the outcome is then unknown, and asking again is safe.
 */
export async function ask<K extends keyof PaymentProvider>(
  step: K,
  order: Pick<OrderRow, 'id' | 'order_number' | 'payment_method' | 'total_gross' | 'currency'>,
  reference: string | null = null,
): Promise<Awaited<ReturnType<PaymentProvider[K]>>> {
  const provider = providers[order.payment_method]
  if (!provider) throw new Problem('upstream_failed', `No payment provider ${order.payment_method}`)
  const request: PaymentRequest = {
    key: `${operationOf(order.id)}:${step}`,
    order_number: order.order_number,
    amount: money(order.total_gross, order.currency),
    reference,
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Problem('upstream_timeout')), LIMIT_MS[step])
  })
  try {
    return await Promise.race([provider[step](request), late]) as Awaited<ReturnType<PaymentProvider[K]>>
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('upstream_failed')
  } finally {
    clearTimeout(timer)
  }
}
