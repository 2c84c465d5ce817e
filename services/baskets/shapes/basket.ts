import { z } from '@hono/zod-openapi'
import { Id, Line, Money, orNull, Price, VatBreakdown } from '../../../shared/http/schemas.ts'
import { MAX_QUANTITY } from '../domain/lines.ts'

const Quantity = z.int().min(1).max(MAX_QUANTITY).openapi({ example: 2 })

export const NewBasketItem = z.strictObject({ variant_id: Id('var'), quantity: Quantity.default(1) })
  .openapi('NewBasketItem')
export type NewBasketItem = z.infer<typeof NewBasketItem>

export const BasketItemQuantity = z.strictObject({ quantity: Quantity }).openapi('BasketItemQuantity')

export const PromoCodeText = z.strictObject({ code: Line(50).openapi({ example: 'WELCOME10' }) })
  .openapi('PromoCodeText')

export const BasketLine = z.object({
  id: Id('bli'),
  product_id: Id('prod'),
  variant_id: Id('var'),
  name: z.string(),
  ref: z.string(),
  sku: z.string().nullable(),
  slug: z.string().nullable().openapi({ description: 'null: no longer in the catalogue' }),
  option_values: z.array(z.string()).openapi({ example: ['Blue', 'M'] }),
  image_url: z.string().nullable(),
  quantity: z.int().openapi({ description: 'What the shopper wants' }),
  purchasable_quantity: z.int().openapi({
    description: 'What can be bought of it now, and the totals count. Ordering asks for all of `quantity`',
  }),
  unit_price: orNull(Price).openapi({ description: 'As of now. null: not for sale any more' }),
  vat_rate: z.int().nullable().openapi({ description: 'Basis points: 2000 is 20 %', example: 2000 }),
  subtotal: Price,
  discount: Price,
  total: Price,
  requires_shipping: z.boolean(),
}).openapi('BasketLine', {
  description: '`subtotal` is unit price × purchasable quantity; `subtotal` − `discount` = `total`',
})

export const BasketPromoCode = z.object({
  id: Id('promo'),
  code: z.string().openapi({ example: 'WELCOME10' }),
  name: z.string(),
  kind: z.enum(['percentage', 'fixed', 'free_shipping']),
  discount: Price,
  is_applied: z.boolean().openapi({
    description: 'False while the code gives nothing: the basket is below its minimum, it has ended, …',
  }),
}).openapi('BasketPromoCode')

export const BasketNotice = z.object({
  kind: z.enum([
    'price_changed',
    'quantity_reduced',
    'unavailable',
    'promo_code_not_applied',
    'line_not_merged',
  ]),
  line_id: Id('bli').optional(),
  variant_id: Id('var').optional(),
  promo_code_id: Id('promo').optional(),
  from: z.int().optional().openapi({
    description:
      'The price when it was added, minor units, as the shop enters prices; or the quantity wanted',
  }),
  to: z.int().optional().openapi({
    description: 'The price now, minor units, or the quantity that can be bought',
  }),
}).openapi('BasketNotice')

export const BasketTotals = z.object({
  subtotal: Price,
  discount: Price,
  total: Price,
  vat: Money,
  vat_breakdown: VatBreakdown,
}).openapi('BasketTotals', {
  description:
    '`subtotal` − `discount` = `total`, on both sides of VAT, without shipping: POST /v1/orders/quote has it with',
})

export const Basket = z.object({
  id: orNull(Id('bask')).openapi({ description: 'null until something is put into it' }),
  version: z.int().openapi({ description: 'Counts every change of its lines or codes', example: 3 }),
  lines: z.array(BasketLine),
  item_count: z.int().openapi({ description: 'Units that can be bought' }),
  promo_codes: z.array(BasketPromoCode),
  free_shipping: z.boolean(),
  notices: z.array(BasketNotice).openapi({ description: 'What the shopper should be told' }),
  totals: BasketTotals,
}).openapi('Basket')
export type Basket = z.infer<typeof Basket>

/** What a code would do, for the basket of whoever asks. */
export const CheckedPromoCode = z.object({
  code: z.string(),
  name: z.string(),
  kind: z.enum(['percentage', 'fixed', 'free_shipping']),
  is_applicable: z.boolean().openapi({ description: 'Whether the basket meets its conditions now' }),
  discount: Price,
  minimum_purchase: orNull(Money).openapi({ description: 'Of the subtotal, as the shop prices' }),
}).openapi('CheckedPromoCode')
export type CheckedPromoCode = z.infer<typeof CheckedPromoCode>
