import { z } from '@hono/zod-openapi'
import { Id, Instant, Money, orNull } from '../../../shared/http/schemas.ts'
import { basketStates, type BasketStatus } from '../domain/states.ts'

export const Status = z.enum(Object.keys(basketStates.transitions) as [BasketStatus, ...BasketStatus[]])

export const StaffBasketSummary = z.object({
  id: Id('bask'),
  user_id: orNull(Id('user')).openapi({ description: 'null: a guest’s' }),
  status: Status,
  version: z.int(),
  line_count: z.int(),
  subtotal: Money.openapi({ description: 'Without VAT. The amounts are those of its last change' }),
  discount: Money,
  amount: Money.openapi({ description: 'Without VAT, after the discount' }),
  vat: Money,
  converted_to_order_id: orNull(Id('ord')),
  merged_into_id: orNull(Id('bask')),
  abandoned_at: Instant.nullable(),
  last_activity_at: Instant,
  created_at: Instant,
}).openapi('StaffBasketSummary')
export type StaffBasketSummary = z.infer<typeof StaffBasketSummary>

export const StaffBasket = StaffBasketSummary.extend({
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  lines: z.array(z.object({
    id: Id('bli'),
    product_id: Id('prod'),
    variant_id: Id('var'),
    name: z.string(),
    ref: z.string(),
    quantity: z.int(),
    unit_price: Money.openapi({ description: 'Without VAT, when the shopper last set the quantity' }),
    is_available: z.boolean().openapi({ description: 'False once the product was deleted' }),
    added_at: Instant,
  })),
  promo_codes: z.array(z.object({ id: Id('promo'), code: z.string(), discount: Money, applied_at: Instant })),
}).openapi('StaffBasket')
export type StaffBasket = z.infer<typeof StaffBasket>
