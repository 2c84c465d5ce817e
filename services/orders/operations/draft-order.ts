import type { Id } from '../../../shared/kernel/id.ts'
import { type BothSides, priceLines } from '../../../shared/kernel/vat.ts'
import type { AppliedCode, Placed, PostalAddress } from '../schema.ts'

/** A basket's line that has a price. */
export type PricedLine = {
  variant_id: `var_${string}`
  product_id: `prod_${string}`
  name: string
  ref: string
  sku: string | null
  option_values: string[]
  image_url: string | null
  price: number
  vat_rate: number
  quantity: number
  /** As entered. */
  discount: number
  requires_shipping: boolean
}

export type Draft = {
  id: Id<'ord'>
  order_number: string
  line_ids: Id<'oli'>[]
  customer: { id: `user_${string}`; name: string; email: string }
  basket: {
    id: `bask_${string}`
    version: number
    lines: PricedLine[]
    free_shipping: boolean
    promo_codes: AppliedCode[]
  }
  shipping: { code: string; name: string; price: number; vat_rate: number; requires_address: boolean }
  billing_address: PostalAddress
  shipping_address: PostalAddress | null
  payment_method: string
  notes: string | null
  currency: string
  includesVat: boolean
  origin: { ip?: string; userAgent?: string }
  at: Date
  lease_until: Date
}

/** A pending order with everything frozen that a later change of the catalogue must not touch. */
export function draftOrder(draft: Draft): Placed {
  const { basket, shipping, customer, origin, at } = draft
  // Goods that are not sent cost no shipping, whatever method was named.
  const isShipped = basket.lines.some((line) => line.requires_shipping) && !basket.free_shipping
  const sent = { price: isShipped ? shipping.price : 0, vat_rate: shipping.vat_rate }
  const totals = priceLines(basket.lines, sent, draft.includesVat)
  const order: Placed['order'] = {
    id: draft.id,
    order_number: draft.order_number,
    user_id: customer.id,
    basket_id: basket.id,
    basket_version: basket.version,
    placed_basket_id: basket.id,
    status: 'pending',
    payment_status: 'pending',
    currency: draft.currency,
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
    version: 1,
    placed_at: at,
    confirmed_at: null,
    completed_at: null,
    cancelled_at: null,
    updated_at: at,
    deleted_at: null,
  }
  const lines = totals.lines.map((priced, i) => {
    const { product_id, variant_id, name, ref, sku, option_values, image_url, vat_rate, quantity } = basket
      .lines[i]!
    return {
      id: draft.line_ids[i]!,
      order_id: draft.id,
      position: i,
      product_id,
      variant_id,
      name,
      ref,
      sku,
      option_values,
      image_url,
      quantity,
      vat_rate,
      ...columns('unit_price', priced.unit_price),
      ...columns('subtotal', priced.subtotal),
      ...columns('discount', priced.discount),
      ...columns('total', priced.total),
    }
  })
  return { order, lines }
}

/** Both sides of an amount as they are stored: `<word>_net` and `<word>_gross`. */
const columns = <W extends string>(word: W, { net, gross }: BothSides) =>
  ({ [`${word}_net`]: net, [`${word}_gross`]: gross }) as Record<`${W}_net` | `${W}_gross`, number>
