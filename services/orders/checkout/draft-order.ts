import type { Id } from '../../../shared/kernel/id.ts'
import type { BothSides, Totals } from '../../../shared/kernel/vat.ts'
import type { OrderLine, OrderRow, PostalAddress } from '../schema.ts'
import type { OrderableBasket } from './read-basket.ts'

export type Draft = {
  id: Id<'ord'>
  order_number: string
  line_ids: Id<'oli'>[]
  customer: { id: `user_${string}`; name: string; email: string }
  basket: OrderableBasket
  /** Its lines are those of the basket, in their order. */
  totals: Totals
  shipping: { code: string; name: string; requires_address: boolean }
  billing_address: PostalAddress
  shipping_address: PostalAddress | null
  payment_method: string
  notes: string | null
  currency: string
  origin: { ip?: string; userAgent?: string }
  at: Date
  lease_until: Date
}

/** A pending order with everything frozen that a later change of the catalogue must not touch. */
export function draftOrder(draft: Draft): OrderRow {
  const { basket, totals, shipping, customer, origin, at } = draft
  return {
    id: draft.id,
    order_number: draft.order_number,
    user_id: customer.id,
    basket_id: basket.id,
    basket_version: basket.version,
    placed_basket_id: basket.id,
    status: 'pending',
    payment_status: 'pending',
    currency: draft.currency,
    lines: basket.lines.map((_, i) => draftLine(draft, i)),
    ...columns('subtotal', totals.subtotal),
    ...columns('discount', totals.discount),
    ...columns('shipping', totals.shipping),
    ...columns('total', totals.total),
    vat_breakdown: totals.vat_breakdown,
    item_count: basket.lines.reduce((count, line) => count + line.quantity, 0),
    shipping_method: shipping.code,
    shipping_name: shipping.name,
    payment_method: draft.payment_method,
    billing_address: draft.billing_address,
    shipping_address: draft.shipping_address ?? (shipping.requires_address ? draft.billing_address : null),
    customer_name: customer.name,
    customer_email: customer.email,
    customer_phone: draft.billing_address.phone,
    promo_codes: basket.promo_codes,
    notes: draft.notes,
    admin_notes: null,
    ip_address: origin.ip ?? null,
    user_agent: origin.userAgent ?? null,
    cancellation_reason: null,
    refusal: null,
    lease_until: draft.lease_until,
    attempts: 0,
    version: 1,
    placed_at: at,
    confirmed_at: null,
    completed_at: null,
    cancelled_at: null,
    updated_at: at,
    deleted_at: null,
  }
}

function draftLine({ line_ids, basket, totals }: Draft, i: number): OrderLine {
  const { product_id, variant_id, name, ref, sku, option_values, image_url, vat_rate, quantity } = basket
    .lines[i]!
  const { unit_price, subtotal, discount, total } = totals.lines[i]!
  return {
    id: line_ids[i]!,
    product_id,
    variant_id,
    name,
    ref,
    sku,
    option_values,
    image_url,
    quantity,
    vat_rate,
    unit_price,
    subtotal,
    discount,
    total,
  }
}

/** Both sides of an amount as they are stored: `<word>_net` and `<word>_gross`. */
const columns = <W extends string>(word: W, { net, gross }: BothSides) =>
  ({ [`${word}_net`]: net, [`${word}_gross`]: gross }) as Record<`${W}_net` | `${W}_gross`, number>
