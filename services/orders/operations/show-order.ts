import { money } from '../../../shared/kernel/money.ts'
import { showPrice, showVat } from '../../../shared/kernel/vat.ts'
import type { LineRow, OrderRow, orderStatusHistory, PaymentRow, Placed } from '../schema.ts'
import type { AdminOrder, AdminOrderSummary, Order, OrderSummary } from '../shapes/order.ts'

export type HistoryRow = typeof orderStatusHistory.$inferSelect
export type SummaryRow = Pick<
  OrderRow,
  | 'id'
  | 'order_number'
  | 'status'
  | 'payment_status'
  | 'item_count'
  | 'total_net'
  | 'total_gross'
  | 'currency'
  | 'placed_at'
  | 'confirmed_at'
  | 'completed_at'
  | 'cancelled_at'
>
export type AdminSummaryRow = SummaryRow & Pick<OrderRow, 'user_id' | 'customer_name' | 'customer_email'>

const iso = (at: Date | null) => at?.toISOString() ?? null

export const showSummary = (row: SummaryRow): OrderSummary => ({
  id: row.id,
  order_number: row.order_number,
  status: row.status,
  payment_status: row.payment_status,
  item_count: row.item_count,
  total: showPrice({ net: row.total_net, gross: row.total_gross }, row.currency),
  placed_at: row.placed_at.toISOString(),
  confirmed_at: iso(row.confirmed_at),
  completed_at: iso(row.completed_at),
  cancelled_at: iso(row.cancelled_at),
})

export const showAdminSummary = (row: AdminSummaryRow): AdminOrderSummary => ({
  ...showSummary(row),
  user_id: row.user_id,
  customer_name: row.customer_name,
  customer_email: row.customer_email,
})

export function showOrder({ order, lines }: Placed): Order {
  const { currency } = order
  return {
    ...showSummary(order),
    lines: lines.map((line) => showLine(line, currency)),
    totals: {
      subtotal: showPrice({ net: order.subtotal_net, gross: order.subtotal_gross }, currency),
      discount: showPrice({ net: order.discount_net, gross: order.discount_gross }, currency),
      shipping: showPrice({ net: order.shipping_net, gross: order.shipping_gross }, currency),
      total: showPrice({ net: order.total_net, gross: order.total_gross }, currency),
      vat: money(order.total_gross - order.total_net, currency),
      vat_breakdown: showVat(order.vat_breakdown, currency),
    },
    promo_codes: order.promo_codes.map(({ code, discount }) => ({
      code,
      discount: showPrice(discount, currency),
    })),
    shipping_method: { code: order.shipping_method, name: order.shipping_name },
    payment_method: order.payment_method,
    billing_address: order.billing_address,
    shipping_address: order.shipping_address,
    customer: { name: order.customer_name, email: order.customer_email, phone: order.customer_phone },
    notes: order.notes,
    cancellation_reason: order.cancellation_reason,
  }
}

export function showAdminOrder(placed: Placed, history: HistoryRow[], payments: PaymentRow[]): AdminOrder {
  const { order } = placed
  return {
    ...showOrder(placed),
    user_id: order.user_id,
    basket_id: order.basket_id,
    admin_notes: order.admin_notes,
    ip_address: order.ip_address,
    user_agent: order.user_agent,
    version: order.version,
    updated_at: order.updated_at.toISOString(),
    history: history.map((each) => ({
      from: each.from_status,
      to: each.to_status,
      changed_by: each.changed_by,
      reason: each.reason,
      changed_at: each.changed_at.toISOString(),
    })),
    payments: payments.map((each) => ({
      id: each.id,
      provider: each.provider,
      status: each.status,
      amount: money(each.amount, each.currency),
      provider_reference: each.provider_reference,
      error: each.error,
      updated_at: each.updated_at.toISOString(),
    })),
  }
}

const showLine = (line: LineRow, currency: string): Order['lines'][number] => ({
  id: line.id,
  product_id: line.product_id,
  variant_id: line.variant_id,
  name: line.name,
  ref: line.ref,
  sku: line.sku,
  option_values: line.option_values,
  image_url: line.image_url,
  quantity: line.quantity,
  vat_rate: line.vat_rate,
  unit_price: showPrice({ net: line.unit_price_net, gross: line.unit_price_gross }, currency),
  subtotal: showPrice({ net: line.subtotal_net, gross: line.subtotal_gross }, currency),
  discount: showPrice({ net: line.discount_net, gross: line.discount_gross }, currency),
  total: showPrice({ net: line.total_net, gross: line.total_gross }, currency),
})
