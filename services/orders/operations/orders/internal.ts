import { Problem } from '../../../../shared/errors/problem.ts'
import { keyset } from '../../../../shared/http/pagination.ts'
import { money } from '../../../../shared/kernel/money.ts'
import {
  type BothSides,
  type PricedLine,
  showPrice,
  showVat,
  type Totals,
} from '../../../../shared/kernel/vat.ts'
import { orderMachine, type OrderStatus } from '../../domain/order-states.ts'
import type { Ctx } from '../../needs.ts'
import {
  type OrderLine,
  type OrderRow,
  orders,
  type orderStatusHistory,
  type PaymentRow,
} from '../../schema.ts'
import type { AdminOrder, AdminOrderSummary, Order, OrderSummary, OrderTotals } from '../../shapes/order.ts'

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

const sides = <W extends string>(row: Record<`${W}_net` | `${W}_gross`, number>, word: W): BothSides => ({
  net: row[`${word}_net`],
  gross: row[`${word}_gross`],
})

export function showOrder(order: OrderRow): Order {
  const { currency } = order
  return {
    ...showSummary(order),
    lines: order.lines.map((line) => ({ id: line.id, ...showLine(line, line, currency) })),
    totals: showTotals({
      subtotal: sides(order, 'subtotal'),
      discount: sides(order, 'discount'),
      shipping: sides(order, 'shipping'),
      total: sides(order, 'total'),
      vat: order.total_gross - order.total_net,
      vat_breakdown: order.vat_breakdown,
    }, currency),
    promo_codes: order.promo_codes.map((each) => showPromoCode(each, currency)),
    shipping_method: { code: order.shipping_method, name: order.shipping_name },
    payment_method: order.payment_method,
    billing_address: order.billing_address,
    shipping_address: order.shipping_address,
    customer: { name: order.customer_name, email: order.customer_email, phone: order.customer_phone },
    notes: order.notes,
    cancellation_reason: order.cancellation_reason,
  }
}

/** Of an order, of a quote, and of the refusal that tells what an order would come to by now. */
export const showTotals = (totals: Omit<Totals, 'lines'>, currency: string): OrderTotals => ({
  subtotal: showPrice(totals.subtotal, currency),
  discount: showPrice(totals.discount, currency),
  shipping: showPrice(totals.shipping, currency),
  total: showPrice(totals.total, currency),
  vat: money(totals.vat, currency),
  vat_breakdown: showVat(totals.vat_breakdown, currency),
})

export const showPromoCode = (
  { code, discount }: { code: string; discount: BothSides },
  currency: string,
) => ({
  code,
  discount: showPrice(discount, currency),
})

type Goods = Pick<
  OrderLine,
  | 'product_id'
  | 'variant_id'
  | 'name'
  | 'ref'
  | 'sku'
  | 'option_values'
  | 'image_url'
  | 'quantity'
  | 'vat_rate'
>

export const showLine = (goods: Goods, amounts: Omit<PricedLine, 'vat'>, currency: string) => ({
  product_id: goods.product_id,
  variant_id: goods.variant_id,
  name: goods.name,
  ref: goods.ref,
  sku: goods.sku,
  option_values: goods.option_values,
  image_url: goods.image_url,
  quantity: goods.quantity,
  vat_rate: goods.vat_rate,
  unit_price: showPrice(amounts.unit_price, currency),
  subtotal: showPrice(amounts.subtotal, currency),
  discount: showPrice(amounts.discount, currency),
  total: showPrice(amounts.total, currency),
})

export function showAdminOrder(order: OrderRow, history: HistoryRow[], payments: PaymentRow[]): AdminOrder {
  return {
    ...showOrder(order),
    user_id: order.user_id,
    basket_id: order.basket_id,
    admin_notes: order.admin_notes,
    ip_address: order.ip_address,
    user_agent: order.user_agent,
    version: order.version,
    updated_at: order.updated_at.toISOString(),
    history: [...beginningOf(order), ...history].map((each) => ({
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
      refunded: money(each.refunded_amount, each.currency),
      provider_reference: each.provider_reference,
      error: each.error,
      updated_at: each.updated_at.toISOString(),
    })),
  }
}

type Change = Pick<HistoryRow, 'from_status' | 'to_status' | 'changed_by' | 'reason' | 'changed_at'>

/** The changes that the order itself tells of: no row is written for them. */
function beginningOf({ user_id, placed_at, confirmed_at }: OrderRow): Change[] {
  const placed = {
    from_status: null,
    to_status: 'pending' as const,
    changed_by: user_id,
    reason: null,
    changed_at: placed_at,
  }
  if (!confirmed_at) return [placed]
  const confirmed = {
    from_status: 'pending' as const,
    to_status: 'confirmed' as const,
    changed_by: 'checkout',
    reason: null,
    changed_at: confirmed_at,
  }
  return [placed, confirmed]
}

/** Columns of a list: addresses and the like are left where they are. */
export const summaryColumns = {
  id: orders.id,
  order_number: orders.order_number,
  status: orders.status,
  payment_status: orders.payment_status,
  item_count: orders.item_count,
  total_net: orders.total_net,
  total_gross: orders.total_gross,
  currency: orders.currency,
  placed_at: orders.placed_at,
  confirmed_at: orders.confirmed_at,
  completed_at: orders.completed_at,
  cancelled_at: orders.cancelled_at,
}

export const newestFirst = keyset('newest', { placed_at: orders.placed_at, id: orders.id }, 'desc')

/** The guard let nobody else pass. */
export function customerOf({ actor }: Ctx): Extract<Ctx['actor'], { type: 'user' }> {
  if (actor.type !== 'user') throw new Problem('unauthenticated')
  return actor
}

/** Throws `illegal_transition`, naming the states it may become. */
export function requireTransition(from: OrderStatus, to: OrderStatus): void {
  if (orderMachine.can(from, to)) return
  const allowed = orderMachine.transitions[from]
  throw new Problem('illegal_transition', `An order that is ${from} cannot become ${to}`, {
    order_status: from,
    allowed,
  })
}
