import { z } from '@hono/zod-openapi'
import { Id } from '../../shared/http/schemas.ts'
import { definePort } from '../../shared/service/port.ts'
import { QuotedVariant } from '../products/ports.ts'
import './problems.ts' // what they refuse with is known to whoever asks

export const CheckoutLine = QuotedVariant.extend({ line_id: Id('bli'), quantity: z.int().positive() })
export const AppliedCode = z.object({ promo_code_id: Id('promo'), code: z.string(), discount: z.int() })

export const checkout = definePort('baskets', 'checkout', {
  /** The active basket of a user, priced now; null when there is none or another than `basket_id`. */
  read: {
    input: z.object({ user_id: Id('user'), basket_id: Id('bask').optional() }),
    output: z.object({
      basket: z.object({
        id: Id('bask'),
        /** Counts every change of its lines or codes. */
        version: z.int(),
        lines: z.array(CheckoutLine),
        /** Minor units off the subtotal, all codes together. */
        discount: z.int(),
        free_shipping: z.boolean(),
        promo_codes: z.array(AppliedCode),
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
})
