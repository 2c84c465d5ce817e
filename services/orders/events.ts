import { z } from '@hono/zod-openapi'
import { defineEvent } from '../../shared/events/event.ts'
import { Id, Money, Price } from '../../shared/http/schemas.ts'

const at = z.iso.datetime()
const base = { order_id: Id('ord'), order_number: z.string(), user_id: Id('user') }
/** What becomes of the stock it took, and of the uses of codes it counted. */
const effects = { stock: z.enum(['kept', 'sold', 'given_back']), promo_codes: z.enum(['kept', 'given_back']) }
const items = z.array(z.object({ product_id: Id('prod'), variant_id: Id('var'), quantity: z.int() }))

export const orderCreated = defineEvent('orders.order.created', {
  summary: 'A checkout began. Told as soon as it is decided, before its confirmation or its cancellation',
  subject: 'order_id',
  data: z.object({
    ...base,
    status: z.string(),
    items,
    total: Price,
    created_at: at,
  }),
})

export const orderConfirmed = defineEvent('orders.order.confirmed', {
  summary: 'The stock is reserved and the payment authorised',
  subject: 'order_id',
  data: z.object({
    ...base,
    items,
    basket_id: Id('bask'),
    basket_version: z.int(),
    total: Price,
    payment_method: z.string(),
    confirmed_at: at,
  }),
})

export const orderPaid = defineEvent('orders.order.paid', {
  summary: 'The payment was captured',
  subject: 'order_id',
  data: z.object({
    ...base,
    payment_method: z.string(),
    amount_paid: Money,
    transaction_id: z.string(),
    paid_at: at,
  }),
})

export const orderStatusChanged = defineEvent('orders.order.status_changed', {
  summary: 'An order moved from one state to another',
  subject: 'order_id',
  data: z.object({
    ...base,
    previous_status: z.string(),
    new_status: z.string(),
    changed_by: z.string(),
    reason: z.string().nullable(),
    changed_at: at,
  }),
})

export const orderCancelled = defineEvent('orders.order.cancelled', {
  summary: 'An order was cancelled: what it held is free again',
  subject: 'order_id',
  data: z.object({
    ...base,
    items,
    previous_status: z.string(),
    reason: z.string(),
    cancelled_by: z.string(),
    ...effects,
    refund_required: z.boolean(),
    refund_amount: Money,
    cancelled_at: at,
  }),
})

export const orderRefunded = defineEvent('orders.order.refunded', {
  summary: 'Some of the payment was given back, or all that was left of it',
  subject: 'order_id',
  data: z.object({
    ...base,
    items,
    previous_status: z.string(),
    status: z.string(),
    /** This time. */
    refund: Price,
    /** In all, with VAT. */
    amount_refunded: Money,
    is_whole: z.boolean(),
    ...effects,
    reason: z.string().nullable(),
    refunded_at: at,
  }),
})

export const customerAnonymised = defineEvent('orders.customer.anonymised', {
  summary: 'What named the customer of a deleted account is gone from its orders',
  subject: 'user_id',
  data: z.object({
    user_id: Id('user'),
    orders: z.int(),
    erased: z.array(z.string()),
    /** For the invoices that the law wants kept. */
    kept: z.array(z.string()),
    anonymised_at: at,
  }),
})

export const orderCompleted = defineEvent('orders.order.completed', {
  summary: 'An order reached its customer',
  subject: 'order_id',
  data: z.object({ ...base, total: Price, completed_at: at }),
})

export const shippingMethodsChanged = defineEvent('orders.shipping_methods.changed', {
  summary: 'Shoppers can choose among other shipping methods, or at other prices',
  subject: 'website_id',
  data: z.object({ website_id: z.string(), changed_at: at }),
})
