import { z } from '@hono/zod-openapi'
import { Id } from '../../shared/http/schemas.ts'
import { definePort } from '../../shared/service/port.ts'
import { QuotedVariant } from '../products/ports.ts'
import { refusals } from './domain/promo-code.ts'
import './problems.ts' // what they refuse with is known to whoever asks

/** `discount`: by all codes together, as the shop prices, minor units. */
export const CheckoutLine = QuotedVariant.extend({
  line_id: Id('bli'),
  quantity: z.int().positive(),
  discount: z.int(),
})
const Sides = z.object({ net: z.int(), gross: z.int() })
/** Minor units. */
export const AppliedCode = z.object({ promo_code_id: Id('promo'), code: z.string(), discount: Sides })
export const RefusedCode = z.object({
  promo_code_id: Id('promo'),
  code: z.string(),
  reason: z.enum(refusals),
})

/** What a guest holds a basket by. One that was never given out is like none. */
export const BasketToken = z.string().max(200)

export const checkout = definePort('baskets', 'checkout', {
  /**
   * The active basket of a user, or of the guest who holds the token, priced now; null when there is none or another
   * than `basket_id`. Codes with a limit for each customer count no use of a guest's: whoever orders is a user.
   */
  read: {
    input: z.object({
      holder: z.union([z.object({ user_id: Id('user') }), z.object({ token: BasketToken.optional() })]),
      basket_id: Id('bask').optional(),
    }),
    output: z.object({
      basket: z.object({
        id: Id('bask'),
        /** Counts every change of its lines or codes. */
        version: z.int(),
        lines: z.array(CheckoutLine),
        free_shipping: z.boolean(),
        promo_codes: z.array(AppliedCode),
        /** Held by the basket, and giving nothing now: whoever orders has to know. */
        refused_codes: z.array(RefusedCode),
      }).nullable(),
    }),
    timeoutMs: 2_000,
  },
  /** Counts the use of the basket's codes for this order, within their limits. Idempotent by order. Refuses with `promo_code_refused`. */
  redeem: {
    input: z.object({ order_id: Id('ord'), user_id: Id('user'), promo_codes: z.array(Id('promo')).min(1) }),
    output: z.object({}),
    timeoutMs: 2_000,
  },
  /** Gives the uses back. Idempotent; an order that gave back can't redeem any more. */
  unredeem: { input: z.object({ order_id: Id('ord') }), output: z.object({}), timeoutMs: 2_000 },
  /**
   * Closes the basket of a confirmed order, as the event `order.confirmed` does too: its user can shop on at once,
   * whatever becomes of the event. Idempotent.
   */
  convert: {
    input: z.object({
      order_id: Id('ord'),
      basket_id: Id('bask'),
      basket_version: z.int(),
      items: z.array(z.object({ variant_id: Id('var'), quantity: z.int() })),
    }),
    output: z.object({}),
    timeoutMs: 2_000,
  },
})
