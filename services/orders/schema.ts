import {
  boolean,
  char,
  index,
  int,
  json,
  mysqlTable,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { amount, exactText, id, instant } from '../../shared/db/columns.ts'
import { kernelTables } from '../../shared/db/tables.ts'
import type { BothSides, VatShare } from '../../shared/kernel/vat.ts'
import type { ProblemCode } from '../../shared/errors/codes.ts'
import type { OrderStatus } from './domain/order-states.ts'
import type { PaymentState, PaymentStatus } from './domain/payment-states.ts'

/** Frozen with the order: an address is a fact of it, not a reference. */
export type PostalAddress = {
  /** As it is written on a parcel, whatever order its parts have. */
  name: string
  given_name: string | null
  family_name: string | null
  company: string | null
  line1: string
  line2: string | null
  city: string
  /** null: a country without postal codes. */
  postal_code: string | null
  region: string | null
  country: string
  phone: string | null
}
export type AppliedCode = { promo_code_id: `promo_${string}`; code: string; discount: BothSides }
/** Why a checkout ended without an order: told again to whoever repeats the request. */
export type Refusal = { code: ProblemCode; extra: Record<string, unknown> }

/** What was bought, in JSON: frozen with the order. */
export type OrderLine = {
  id: `oli_${string}`
  product_id: `prod_${string}`
  variant_id: `var_${string}`
  name: string
  ref: string
  sku: string | null
  option_values: string[]
  image_url: string | null
  quantity: number
  /** Basis points. */
  vat_rate: number
  unit_price: BothSides
  /** Unit price × quantity, before the discount. */
  subtotal: BothSides
  discount: BothSides
  total: BothSides
}

export const orders = mysqlTable('orders', {
  id: id('id', 'ord').primaryKey(),
  order_number: exactText('order_number', 24).notNull(),
  user_id: id('user_id', 'user').notNull(),
  basket_id: id('basket_id', 'bask').notNull(),
  basket_version: int('basket_version').notNull(),
  /** The basket until the order is cancelled, then null: one basket can't be ordered twice at a time. */
  placed_basket_id: id('placed_basket_id', 'bask'),
  status: varchar('status', { length: 12 }).$type<OrderStatus>().notNull(),
  payment_status: varchar('payment_status', { length: 20 }).$type<PaymentStatus>().notNull(),
  currency: char('currency', { length: 3 }).notNull(),
  /** One document: nothing reads a line without its order, and none changes. */
  lines: json('lines').$type<OrderLine[]>().notNull(),
  /** subtotal − discount + shipping = total, on both sides. The total's gross side is what is paid. */
  subtotal_net: amount('subtotal_net').notNull(),
  subtotal_gross: amount('subtotal_gross').notNull(),
  discount_net: amount('discount_net').notNull(),
  discount_gross: amount('discount_gross').notNull(),
  shipping_net: amount('shipping_net').notNull(),
  shipping_gross: amount('shipping_gross').notNull(),
  total_net: amount('total_net').notNull(),
  total_gross: amount('total_gross').notNull(),
  vat_breakdown: json('vat_breakdown').$type<VatShare[]>().notNull(),
  item_count: int('item_count').notNull(),
  shipping_method: exactText('shipping_method', 50).notNull(),
  shipping_name: varchar('shipping_name', { length: 255 }).notNull(),
  payment_method: varchar('payment_method', { length: 30 }).notNull(),
  billing_address: json('billing_address').$type<PostalAddress>().notNull(),
  shipping_address: json('shipping_address').$type<PostalAddress>(),
  /** As they were when the order was placed; replaced when the customer's account is deleted. */
  customer_name: varchar('customer_name', { length: 255 }).notNull(),
  customer_email: exactText('customer_email', 254).notNull(),
  customer_phone: varchar('customer_phone', { length: 40 }),
  promo_codes: json('promo_codes').$type<AppliedCode[]>().notNull(),
  notes: text('notes'),
  admin_notes: text('admin_notes'),
  ip_address: varchar('ip_address', { length: 45 }),
  user_agent: varchar('user_agent', { length: 500 }),
  cancellation_reason: varchar('cancellation_reason', { length: 500 }),
  refusal: json('refusal').$type<Refusal>(),
  /**
   * Set while the checkout is unfinished: whoever wrote it is at work until then, afterwards anyone may take over.
   * Confirming needs the very value one wrote, so an owner that was away for longer can't interfere.
   */
  lease_until: instant('lease_until'),
  /** How often the checkout was taken over: each time it is left alone for longer. */
  attempts: int('attempts').notNull().default(0),
  version: int('version').notNull().default(1),
  placed_at: instant('placed_at').notNull(),
  confirmed_at: instant('confirmed_at'),
  completed_at: instant('completed_at'),
  cancelled_at: instant('cancelled_at'),
  updated_at: instant('updated_at').notNull(),
  deleted_at: instant('deleted_at'),
}, (t) => [
  uniqueIndex('orders_number').on(t.order_number),
  uniqueIndex('orders_placed_basket').on(t.placed_basket_id),
  index('orders_user').on(t.user_id, t.placed_at),
  index('orders_status').on(t.status, t.placed_at),
  index('orders_placed').on(t.placed_at),
  index('orders_email').on(t.customer_email),
  index('orders_confirmed').on(t.confirmed_at),
  index('orders_unfinished').on(t.lease_until),
])

export const payments = mysqlTable('payments', {
  id: id('id', 'pay').primaryKey(),
  order_id: id('order_id', 'ord').notNull().references(() => orders.id, { onDelete: 'cascade' }),
  provider: varchar('provider', { length: 30 }).notNull(),
  status: varchar('status', { length: 12 }).$type<PaymentState>().notNull(),
  /** What the order comes to, with VAT. */
  amount: amount('amount').notNull(),
  /** What has been given back of it, and what is being given back now. */
  refunded_amount: amount('refunded_amount').notNull(),
  refunding_amount: amount('refunding_amount').notNull(),
  currency: char('currency', { length: 3 }).notNull(),
  provider_reference: varchar('provider_reference', { length: 255 }),
  /** The request that last asked for money to move. The provider's idempotency keys derive from it, never from the attempt. */
  operation_id: id('operation_id', 'op').notNull(),
  /** Why the refund under way is made, and who asked for it. */
  refund_reason: varchar('refund_reason', { length: 500 }),
  refund_by: varchar('refund_by', { length: 64 }),
  error: text('error'),
  /** While the provider's answer is open: then anyone may ask it again. */
  due_at: instant('due_at'),
  attempts: int('attempts').notNull().default(0),
  created_at: instant('created_at').notNull(),
  updated_at: instant('updated_at').notNull(),
}, (t) => [index('payments_order').on(t.order_id), index('payments_due').on(t.due_at)])

export const orderStatusHistory = mysqlTable('order_status_history', {
  id: id('id', 'osh').primaryKey(),
  order_id: id('order_id', 'ord').notNull().references(() => orders.id, { onDelete: 'cascade' }),
  from_status: varchar('from_status', { length: 12 }).$type<OrderStatus>(),
  to_status: varchar('to_status', { length: 12 }).$type<OrderStatus>().notNull(),
  changed_by: varchar('changed_by', { length: 64 }).notNull(),
  reason: varchar('reason', { length: 500 }),
  changed_at: instant('changed_at').notNull(),
}, (t) => [index('order_status_history_order').on(t.order_id, t.changed_at)])

export const shippingMethods = mysqlTable('shipping_methods', {
  code: exactText('code', 50).primaryKey(),
  name: varchar('name', { length: 255 }).notNull(),
  /** As the shop prices (`prices_include_vat`), minor units of its currency. */
  price: amount('price').notNull(),
  /** Basis points. */
  vat_rate: int('vat_rate').notNull(),
  min_days: int('min_days').notNull(),
  max_days: int('max_days').notNull(),
  requires_address: boolean('requires_address').notNull(),
  is_active: boolean('is_active').notNull(),
  version: int('version').notNull().default(1),
  created_at: instant('created_at').notNull(),
  updated_at: instant('updated_at').notNull(),
})

export const tables = { ...kernelTables, orders, payments, orderStatusHistory, shippingMethods }

export type OrderRow = typeof orders.$inferSelect
export type PaymentRow = typeof payments.$inferSelect
export type ShippingMethodRow = typeof shippingMethods.$inferSelect
