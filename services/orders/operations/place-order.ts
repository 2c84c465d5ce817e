import { isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { operationOf, orderIdOf } from '../domain/order-id.ts'
import { orderNumber } from '../domain/order-number.ts'
import { orderCreated } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { fetchShippingMethod, findOrder, insertLines, insertOrder, insertPayment } from '../queries.ts'
import type { Placed } from '../schema.ts'
import type { NewOrder, Order } from '../shapes/order.ts'
import { showOrder } from './show-order.ts'
import { completeCheckout } from './complete-checkout.ts'
import { draftOrder } from './draft-order.ts'
import { itemsOf, totalOf } from './events-of.ts'
import { claim, leaseUntil } from './lease.ts'
import { requireQuota } from './order-quota.ts'
import { readBasket } from './read-basket.ts'

/** The customer who orders. */
export type Customer = Extract<Ctx['actor'], { type: 'user' }>

/**
 * Makes an order of a basket: returns it confirmed, or throws why it isn't. The order of crash points is told in
 * README.md. Throws `basket_empty`, `basket_changed`, `not_purchasable`, `plan_limit`, `basket_already_ordered`,
 * `promo_code_refused`, `out_of_stock` and `payment_refused`.
 */
export async function placeOrder(ctx: Ctx, customer: Customer, input: NewOrder): Promise<Order> {
  const id = orderIdOf(ctx.operationId)
  let placed: Placed
  try {
    placed = await createOrder(ctx, customer, input)
  } catch (refusal) {
    // An earlier attempt with this Idempotency-Key may have got further: its basket may even be gone by now.
    const earlier = await findOrder(ctx.db, id)
    if (!earlier) throw refusal
    const taken = await claim(ctx, earlier) ?? await findOrder(ctx.db, id) ?? earlier
    return showOrder(await completeCheckout(ctx, taken, { isResumed: true }))
  }
  return showOrder(await completeCheckout(ctx, placed, { isResumed: false }))
}

async function createOrder(ctx: Ctx, customer: Customer, input: NewOrder): Promise<Placed> {
  const [basket, shipping] = await Promise.all([
    readBasket(ctx, customer.id, input),
    fetchShippingMethod(ctx.db, input.shipping_method),
    requireQuota(ctx),
  ])
  const at = ctx.now()
  const draft = (): Placed =>
    draftOrder({
      id: orderIdOf(ctx.operationId),
      order_number: orderNumber(at, crypto.getRandomValues(new Uint8Array(8))),
      line_ids: basket.lines.map(() => ctx.newId('oli')),
      customer,
      basket,
      shipping,
      billing_address: input.billing_address,
      shipping_address: input.shipping_address ?? null,
      payment_method: input.payment_method,
      notes: input.notes,
      currency: ctx.tenant.currency,
      includesVat: ctx.tenant.prices_include_vat,
      origin: ctx.origin,
      at,
      lease_until: leaseUntil(ctx, at),
    })
  for (let attempt = 1;; attempt++) {
    const placed = draft()
    try {
      await store(ctx, placed)
      return placed
    } catch (error) {
      if (isDuplicate(error, 'orders_placed_basket')) throw new Problem('basket_already_ordered')
      if (!isDuplicate(error, 'orders_number') || attempt >= 3) throw error
    }
  }
}

async function store(ctx: Ctx, { order, lines }: Placed): Promise<void> {
  await ctx.transaction(async (tx) => {
    await insertOrder(tx, order)
    await insertLines(tx, lines)
    await insertPayment(tx, {
      id: ctx.newId('pay'),
      order_id: order.id,
      provider: order.payment_method,
      status: 'pending',
      amount: order.total_gross,
      currency: order.currency,
      provider_reference: null,
      operation_id: operationOf(order.id),
      error: null,
      created_at: order.placed_at,
      updated_at: order.placed_at,
    })
    tx.emit(orderCreated, {
      order_id: order.id,
      order_number: order.order_number,
      user_id: order.user_id,
      status: order.status,
      items: itemsOf(lines),
      total: totalOf(order),
      created_at: order.placed_at.toISOString(),
    })
  })
}
