import { eq, sql } from 'drizzle-orm'
import { affectedRows, arg, preparedSql } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { orderConfirmed } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { type OrderRow, orders, payments } from '../schema.ts'
import { baseOf, emitCreated, itemsOf, totalOf } from '../writes/events-of.ts'
import { closeBasket } from './close-basket.ts'

/** Clocks of two database servers may differ by this much. */
const CLOCK_MARGIN_MS = 5_000

const at = arg(orders.updated_at, 'at')
/** One statement for both rows: this is the hot path of every shop. */
const confirm = preparedSql(() =>
  sql`
    update ${orders} join ${payments} on ${eq(payments.order_id, orders.id)} set
      ${orders.status} = 'confirmed', ${orders.payment_status} = 'authorized', ${orders.lease_until} = null,
      ${orders.confirmed_at} = ${at}, ${orders.updated_at} = ${at},
      ${orders.version} = ${orders.version} + 1,
      ${payments.status} = 'authorized',
      ${payments.provider_reference} = ${arg(payments.provider_reference, 'provider_reference')},
      ${payments.updated_at} = ${at}
    where ${
    eq(orders.id, arg(orders.id, 'id'))
  } and ${orders.status} = 'pending' and ${payments.status} = 'pending'
      and ${orders.lease_until} = ${arg(orders.lease_until, 'lease_until')}
      and utc_timestamp(3) < ${arg(orders.updated_at, 'usable_until')}`
)

/**
 * pending → confirmed, if the order is still this caller's and its stock is still held: both are part of the UPDATE,
 * so that a process that was stopped in between can't sell what was given back. Undefined when it wasn't. Throws
 * `conflict` when the reservation has run out. Its basket is closed after the commit.
 */
export async function confirmOrder(
  ctx: Ctx,
  order: OrderRow,
  provider_reference: string | null,
  reservedUntil: Date,
): Promise<OrderRow | undefined> {
  const usableUntil = new Date(reservedUntil.getTime() - CLOCK_MARGIN_MS)
  if (usableUntil <= ctx.now()) {
    throw new Problem('conflict', 'The checkout took too long; nothing was charged')
  }
  return await ctx.transaction(async (tx) => {
    const at = ctx.now()
    const result = await confirm(tx, {
      id: order.id,
      lease_until: order.lease_until,
      provider_reference,
      at,
      usable_until: usableUntil,
    })
    if (affectedRows(result) === 0) return undefined
    emitCreated(tx, order)
    tx.emit(orderConfirmed, {
      ...baseOf(order),
      items: itemsOf(order),
      basket_id: order.basket_id,
      basket_version: order.basket_version,
      total: totalOf(order),
      payment_method: order.payment_method,
      confirmed_at: at.toISOString(),
    })
    tx.afterCommit(() => closeBasket(ctx, order))
    return {
      ...order,
      status: 'confirmed' as const,
      payment_status: 'authorized' as const,
      lease_until: null,
      confirmed_at: at,
      updated_at: at,
      version: order.version + 1,
    }
  })
}
