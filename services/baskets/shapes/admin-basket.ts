import { z } from '@hono/zod-openapi'
import { Id, Instant, Money, orNull, Price } from '../../../shared/http/schemas.ts'
import { basketStates, type BasketStatus } from '../domain/states.ts'

export const Status = z.enum(Object.keys(basketStates.transitions) as [BasketStatus, ...BasketStatus[]])

export const AdminBasketSummary = z.object({
  id: Id('bask'),
  user_id: orNull(Id('user')).openapi({ description: 'null: a guest’s' }),
  status: Status,
  version: z.int(),
  line_count: z.int(),
  subtotal: Price,
  discount: Price,
  total: Price,
  vat: Money,
  converted_to_order_id: orNull(Id('ord')),
  merged_into_id: orNull(Id('bask')),
  abandoned_at: Instant.nullable(),
  last_activity_at: Instant,
  created_at: Instant,
}).openapi('AdminBasketSummary', {
  description: 'The amounts are those of its last change, without shipping',
})
export type AdminBasketSummary = z.infer<typeof AdminBasketSummary>

export const AdminBasket = AdminBasketSummary.extend({
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  lines: z.array(z.object({
    id: Id('bli'),
    product_id: Id('prod'),
    variant_id: Id('var'),
    name: z.string(),
    ref: z.string(),
    quantity: z.int(),
    price: Money.openapi({
      description: 'Of one unit, as the shop had entered it when the shopper last set the quantity',
    }),
    is_available: z.boolean().openapi({
      description: 'False while the catalogue does not show it, or no more',
    }),
    added_at: Instant,
  })),
  promo_codes: z.array(z.object({ id: Id('promo'), code: z.string(), discount: Price, applied_at: Instant })),
}).openapi('AdminBasket')
export type AdminBasket = z.infer<typeof AdminBasket>
