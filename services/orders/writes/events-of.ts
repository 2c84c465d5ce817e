import { showPrice } from '../../../shared/kernel/vat.ts'
import type { Tx } from '../../../shared/service/context.ts'
import { orderCreated } from '../events.ts'
import type { OrderRow } from '../schema.ts'

/** What every event of an order carries. */
export const baseOf = ({ id, order_number, user_id }: OrderRow) => ({ order_id: id, order_number, user_id })

/** What is paid. */
export const totalOf = ({ total_net, total_gross, currency }: OrderRow) =>
  showPrice({ net: total_net, gross: total_gross }, currency)

export const itemsOf = ({ lines }: OrderRow) =>
  lines.map(({ product_id, variant_id, quantity }) => ({ product_id, variant_id, quantity }))

/** Told together with what became of the order: its events are one insert. */
export const emitCreated = (tx: Tx, order: OrderRow): void =>
  tx.emit(orderCreated, {
    ...baseOf(order),
    status: 'pending',
    items: itemsOf(order),
    total: totalOf(order),
    created_at: order.placed_at.toISOString(),
  })
