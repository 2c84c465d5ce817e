import { z } from '@hono/zod-openapi'
import { defineEvent } from '../../shared/events/event.ts'
import { Id, Price } from '../../shared/http/schemas.ts'

const at = z.iso.datetime()
const base = { basket_id: Id('bask'), user_id: z.union([Id('user'), z.null()]) }
const totals = { new_subtotal: Price, new_total: Price }
const item = { ...base, basket_item_id: Id('bli'), product_id: Id('prod'), variant_id: Id('var') }

export const basketCreated = defineEvent('baskets.basket.created', {
  summary: 'A guest or a customer began to shop',
  subject: 'basket_id',
  data: z.object({ ...base, total: Price, created_at: at }),
})

export const itemAdded = defineEvent('baskets.item.added', {
  summary: 'Units of a variant were put into a basket; `quantity` counts these units alone',
  subject: 'basket_id',
  data: z.object({
    ...item,
    quantity: z.int().positive(),
    unit_price: Price,
    /** Of these units, before any discount. */
    subtotal: Price,
    ...totals,
  }),
})

export const itemRemoved = defineEvent('baskets.item.removed', {
  summary: 'Units of a variant were taken out of a basket; `quantity` counts these units alone',
  subject: 'basket_id',
  data: z.object({
    ...item,
    quantity: z.int().positive(),
    reason: z.enum(['removed', 'quantity_changed', 'cleared']),
    ...totals,
  }),
})

export const promoCodeApplied = defineEvent('baskets.promo_code.applied', {
  summary: 'A promotion code was added to a basket',
  subject: 'basket_id',
  data: z.object({ ...base, promo_code_id: Id('promo'), code: z.string(), discount: Price }),
})

export const basketAbandoned = defineEvent('baskets.basket.abandoned', {
  summary: 'Nothing happened to a filled basket for a day',
  subject: 'basket_id',
  data: z.object({
    ...base,
    total: Price,
    item_count: z.int(),
    last_updated: at,
    abandoned_duration_hours: z.int(),
    promo_codes_applied: z.array(z.string()),
  }),
})

export const basketConverted = defineEvent('baskets.basket.converted', {
  summary: 'A basket became an order',
  subject: 'basket_id',
  data: z.object({ ...base, order_id: Id('ord'), converted_at: at }),
})
