import { z } from '@hono/zod-openapi'
import { Id, Line, orNull, Price } from '../../../shared/http/schemas.ts'
import { NewOrderAddress } from './address.ts'
import { OrderPromoCode, OrderTotals, quotedLine } from './order.ts'

export const QuoteRequest = z.strictObject({
  basket_id: Id('bask').optional().openapi({ description: 'Your active basket without it' }),
  basket_version: z.int().min(0).max(2_147_483_647).optional()
    .openapi({ description: 'Refused with `basket_changed` when the basket has moved on since', example: 7 }),
  billing_address: NewOrderAddress.optional(),
  shipping_address: NewOrderAddress.optional(),
  shipping_method: Line(50).optional().openapi({
    description: 'Without it the totals are without shipping, and each choice tells its own',
    example: 'standard',
  }),
}).openapi('OrderQuoteRequest')
export type QuoteRequest = z.infer<typeof QuoteRequest>

export const OrderQuote = z.object({
  basket_id: Id('bask'),
  basket_version: z.int(),
  lines: z.array(z.object(quotedLine)),
  promo_codes: z.array(OrderPromoCode),
  shipping_method: orNull(z.object({ code: z.string(), name: z.string() })),
  totals: OrderTotals,
  expected_total: z.int().nullable().openapi({
    description: 'What to send as `expected_total` when ordering; null without a shipping method',
    example: 2988,
  }),
  shipping_methods: z.array(z.object({
    code: z.string().openapi({ example: 'standard' }),
    name: z.string(),
    shipping: Price,
    total: Price,
    vat_rate: z.int(),
    min_days: z.int(),
    max_days: z.int(),
    requires_address: z.boolean(),
  })).openapi({ description: 'The choices, cheapest first, each with what the order would come to' }),
}).openapi('OrderQuote')
export type OrderQuote = z.infer<typeof OrderQuote>
