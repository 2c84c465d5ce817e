import { showPrice } from '../../../shared/kernel/vat.ts'
import type { LineRow, OrderRow } from '../schema.ts'

/** What every event of an order carries. */
export const baseOf = ({ id, order_number, user_id }: OrderRow) => ({ order_id: id, order_number, user_id })

/** What is paid. */
export const totalOf = ({ total_net, total_gross, currency }: OrderRow) =>
  showPrice({ net: total_net, gross: total_gross }, currency)

export const itemsOf = (lines: LineRow[]) =>
  lines.map(({ product_id, variant_id, quantity }) => ({ product_id, variant_id, quantity }))
