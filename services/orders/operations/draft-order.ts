import type { Id } from '../../../shared/kernel/id.ts'
import { priceLines } from '../../../shared/kernel/vat.ts'
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
  unit_net: number
  vat_rate: number
  quantity: number
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
    discount: number
    free_shipping: boolean
    promo_codes: AppliedCode[]
  }
  shipping: { code: string; name: string; net: number; vat_rate: number; requires_address: boolean }
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
export function draftOrder(draft: Draft): Placed {
  const { basket, shipping, customer, origin, at } = draft
  // Goods that are not sent cost no shipping, whatever method was named.
  const isShipped = basket.lines.some((line) => line.requires_shipping) && !basket.free_shipping
  const totals = priceLines(basket.lines, basket.discount, {
    net: isShipped ? shipping.net : 0,
    vat_rate: shipping.vat_rate,
  })
  const { subtotal, discount, net, vat, gross, vat_breakdown } = totals
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
    subtotal,
    discount,
    shipping: totals.shipping,
    net,
    vat,
    gross,
    vat_breakdown,
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
    const { product_id, variant_id, name, ref, sku, option_values, image_url, unit_net, vat_rate, quantity } =
      basket.lines[i]!
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
      unit_net,
      vat_rate,
      quantity,
      discount: priced.discount,
      net: priced.net,
      vat: priced.vat,
      gross: priced.gross,
    }
  })
  return { order, lines }
}
