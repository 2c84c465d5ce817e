import { isDuplicate } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { closeBasket } from '../../checkout/close-basket.ts'
import { completeCheckout } from '../../checkout/complete-checkout.ts'
import { draftOrder } from '../../checkout/draft-order.ts'
import { claim, leaseUntil } from '../../checkout/lease.ts'
import { requireQuota } from '../../checkout/order-quota.ts'
import { readBasket } from '../../checkout/read-basket.ts'
import { operationOf, orderIdOf } from '../../domain/order-id.ts'
import { orderNumber } from '../../domain/order-number.ts'
import { priceOrder } from '../../domain/price-order.ts'
import type { Ctx } from '../../needs.ts'
import {
  fetchShippingMethod,
  findOrder,
  findOrderOfBasket,
  insertOrder,
  insertPayment,
} from '../../queries/orders.ts'
import type { OrderRow } from '../../schema.ts'
import type { NewOrder, Order } from '../../shapes/order.ts'
import { customerOf, showOrder, showTotals } from './internal.ts'

/**
 * Makes an order of a basket: returns it confirmed, or throws why it isn't. The order of crash points is told in
 * README.md. Throws `basket_empty`, `basket_changed`, `not_purchasable`, `plan_limit`, `basket_already_ordered`,
 * `promo_code_refused`, `out_of_stock` and `payment_refused`.
 */
export async function placeOrder(ctx: Ctx, input: NewOrder): Promise<Order> {
  const id = orderIdOf(ctx.operationId)
  let placed: OrderRow
  try {
    placed = await createOrder(ctx, input)
  } catch (refusal) {
    // An earlier attempt with this Idempotency-Key may have got further: its basket may even be gone by now.
    const earlier = await findOrder(ctx.db, id)
    if (!earlier) throw refusal
    const taken = await claim(ctx, earlier) ?? await findOrder(ctx.db, id) ?? earlier
    return showOrder(await completeCheckout(ctx, taken, { isResumed: true }))
  }
  return showOrder(await completeCheckout(ctx, placed, { isResumed: false }))
}

async function createOrder(ctx: Ctx, input: NewOrder): Promise<OrderRow> {
  for (let attempt = 1;; attempt++) {
    const draft = await draftOf(ctx, input)
    try {
      await store(ctx, draft)
      return draft
    } catch (error) {
      if (isDuplicate(error, 'orders_placed_basket')) await requireClosed(ctx, draft.basket_id, attempt)
      else if (!isDuplicate(error, 'orders_number') || attempt >= 3) throw error
    }
  }
}

/**
 * The basket was ordered before. Where that order is confirmed and only its basket was not closed yet, this closes it:
 * the next order waits for no event. Throws `basket_already_ordered` otherwise.
 */
async function requireClosed(
  ctx: Ctx,
  basket_id: OrderRow['basket_id'],
  attempt: number,
): Promise<void> {
  const earlier = await findOrderOfBasket(ctx.db, basket_id)
  if (attempt > 1 || earlier?.status === 'pending') throw new Problem('basket_already_ordered')
  if (earlier) await closeBasket(ctx, earlier)
}

async function draftOf(ctx: Ctx, input: NewOrder): Promise<OrderRow> {
  const customer = customerOf(ctx)
  const [basket, shipping] = await Promise.all([
    readBasket(ctx, { user_id: customer.id }, input),
    fetchShippingMethod(ctx.db, input.shipping_method),
    requireQuota(ctx),
  ])
  const { currency, prices_include_vat } = ctx.tenant
  const totals = priceOrder(basket, shipping, prices_include_vat)
  if (totals.total.gross !== input.expected_total) {
    throw new Problem('basket_changed', 'The order comes to something else than was shown', {
      basket_version: basket.version,
      expected_total: totals.total.gross,
      totals: showTotals(totals, currency),
    })
  }
  const at = ctx.now()
  return draftOrder({
    id: orderIdOf(ctx.operationId),
    order_number: orderNumber(at, crypto.getRandomValues(new Uint8Array(8))),
    line_ids: basket.lines.map(() => ctx.newId('oli')),
    customer,
    basket,
    totals,
    shipping,
    billing_address: input.billing_address,
    shipping_address: input.shipping_address ?? null,
    payment_method: input.payment_method,
    notes: input.notes,
    currency,
    origin: ctx.origin,
    at,
    lease_until: leaseUntil(ctx, at),
  })
}

async function store(ctx: Ctx, order: OrderRow): Promise<void> {
  await ctx.transaction(async (tx) => {
    await insertOrder(tx, order)
    await insertPayment(tx, {
      id: ctx.newId('pay'),
      order_id: order.id,
      provider: order.payment_method,
      status: 'pending',
      amount: order.total_gross,
      refunded_amount: 0,
      refunding_amount: 0,
      currency: order.currency,
      provider_reference: null,
      operation_id: operationOf(order.id),
      refund_reason: null,
      refund_by: null,
      error: null,
      due_at: null,
      attempts: 0,
      created_at: order.placed_at,
      updated_at: order.placed_at,
    })
  })
}
