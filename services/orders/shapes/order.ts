import { z } from '@hono/zod-openapi'
import { Id, Instant, Line, Money, orNull, Price, Text, VatBreakdown } from '../../../shared/http/schemas.ts'
import { orderStatuses } from '../domain/order-states.ts'
import { paymentStates, paymentStatuses } from '../domain/payment-states.ts'
import { NewOrderAddress, OrderAddress } from './address.ts'

export const NewOrder = z.strictObject({
  basket_id: Id('bask').optional().openapi({ description: 'Your active basket without it' }),
  basket_version: z.int().min(0).max(2_147_483_647).optional()
    .openapi({ description: 'Refused with `basket_changed` when the basket has moved on since', example: 7 }),
  expected_total: z.int().min(0).openapi({
    description:
      'What the shopper was shown, minor units, with VAT and shipping: POST /v1/orders/quote tells it. ' +
      'Where the order comes to anything else it is refused with `basket_changed`, which tells the new totals',
    example: 2988,
  }),
  billing_address: NewOrderAddress,
  shipping_address: NewOrderAddress.optional().openapi({ description: 'The billing address without it' }),
  shipping_method: Line(50).openapi({ example: 'standard' }),
  payment_method: z.enum(['manual']).openapi({
    description: 'manual: paid outside, by transfer or on delivery',
  }),
  notes: Text(1000).nullable().default(null).openapi({ example: 'Please ring twice' }),
}).openapi('NewOrder')
export type NewOrder = z.infer<typeof NewOrder>

const basisPoints = z.int().openapi({ description: 'Basis points: 2000 is 20 %', example: 2000 })

/** A line of a quote, and of an order. */
export const quotedLine = {
  product_id: Id('prod'),
  variant_id: Id('var'),
  name: z.string(),
  ref: z.string(),
  sku: z.string().nullable(),
  option_values: z.array(z.string()),
  image_url: z.string().nullable(),
  quantity: z.int(),
  vat_rate: basisPoints,
  unit_price: Price,
  subtotal: Price,
  discount: Price,
  total: Price,
}

export const OrderLine = z.object({ id: Id('oli'), ...quotedLine }).openapi('OrderLine', {
  description: '`subtotal` is unit price × quantity; `subtotal` − `discount` = `total`',
})

export const OrderTotals = z.object({
  subtotal: Price,
  discount: Price,
  shipping: Price,
  total: Price,
  vat: Money,
  vat_breakdown: VatBreakdown,
}).openapi('OrderTotals', {
  description:
    '`subtotal` − `discount` + `shipping` = `total`, on both sides of VAT; `total.gross` is what is paid',
})
export type OrderTotals = z.infer<typeof OrderTotals>

export const OrderPromoCode = z.object({ code: z.string(), discount: Price })

const OrderStatusName = z.enum(orderStatuses).openapi({ example: 'confirmed' })

const summary = {
  id: Id('ord'),
  order_number: z.string().openapi({ example: 'ORD-20260131-7K2M9QXD' }),
  status: OrderStatusName,
  payment_status: z.enum(paymentStatuses).openapi({ example: 'authorized' }),
  item_count: z.int().openapi({ description: 'Units, over all lines', example: 3 }),
  total: Price,
  placed_at: Instant,
  confirmed_at: Instant.nullable(),
  completed_at: Instant.nullable(),
  cancelled_at: Instant.nullable(),
}

export const OrderSummary = z.object(summary).openapi('OrderSummary')
export type OrderSummary = z.infer<typeof OrderSummary>

const details = {
  ...summary,
  lines: z.array(OrderLine),
  totals: OrderTotals,
  promo_codes: z.array(OrderPromoCode),
  shipping_method: z.object({ code: z.string(), name: z.string() }),
  payment_method: z.string(),
  billing_address: OrderAddress,
  // Not `nullable()`: of a named schema zod-openapi makes an `allOf` that null can't satisfy.
  shipping_address: orNull(OrderAddress),
  customer: z.object({ name: z.string(), email: z.string(), phone: z.string().nullable() }),
  notes: z.string().nullable(),
  cancellation_reason: z.string().nullable(),
}

export const Order = z.object(details).openapi('Order')
export type Order = z.infer<typeof Order>

export const AdminOrderSummary = z.object({
  ...summary,
  user_id: Id('user'),
  customer_name: z.string(),
  customer_email: z.string(),
})
  .openapi('AdminOrderSummary')
export type AdminOrderSummary = z.infer<typeof AdminOrderSummary>

export const AdminOrder = z.object({
  ...details,
  user_id: Id('user'),
  basket_id: Id('bask'),
  admin_notes: z.string().nullable(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  version: z.int(),
  updated_at: Instant,
  history: z.array(z.object({
    from: OrderStatusName.nullable(),
    to: OrderStatusName,
    changed_by: z.string().openapi({ example: 'checkout' }),
    reason: z.string().nullable(),
    changed_at: Instant,
  })),
  payments: z.array(z.object({
    id: Id('pay'),
    provider: z.string(),
    status: z.enum(paymentStates),
    amount: Money,
    refunded: Money.openapi({ description: 'What was given back of it' }),
    provider_reference: z.string().nullable(),
    error: z.string().nullable(),
    updated_at: Instant,
  })),
}).openapi('AdminOrder')
export type AdminOrder = z.infer<typeof AdminOrder>

export const Cancellation = z.strictObject({
  reason: Line(500).optional().openapi({ example: 'Ordered by mistake' }),
})
  .openapi('OrderCancellation')
export type Cancellation = z.infer<typeof Cancellation>

export const NewRefund = z.strictObject({
  amount: z.int().min(1).optional().openapi({
    description: 'Minor units, with VAT. All that is left without it',
    example: 1200,
  }),
  reason: Line(500).optional().openapi({ example: 'Arrived damaged' }),
}).openapi('NewRefund')
export type NewRefund = z.infer<typeof NewRefund>

export const StatusChange = z.strictObject({
  status: OrderStatusName,
  reason: Line(500).nullable().default(null).openapi({ example: 'Handed to the carrier' }),
}).openapi('OrderStatusChange')
export type StatusChange = z.infer<typeof StatusChange>

export const OrderChanges = z.strictObject({
  admin_notes: Text(1000).nullable().openapi({ example: 'Gift wrap' }),
})
  .openapi('OrderChanges')
export type OrderChanges = z.infer<typeof OrderChanges>
