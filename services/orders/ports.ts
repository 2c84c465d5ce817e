import { z } from '@hono/zod-openapi'
import { Id } from '../../shared/http/schemas.ts'
import { definePort } from '../../shared/service/port.ts'

export const orderStates = definePort('orders', 'orderStates', {
  /**
   * The state of an order, and what it says of the stock taken for it; both null when there is none by this id.
   * `held`: not decided yet. `sold` and `given_back` are for good, or until the one becomes the other.
   */
  find: {
    input: z.object({ order_id: Id('ord') }),
    output: z.object({
      status: z.string().nullable(),
      stock: z.enum(['held', 'sold', 'given_back']).nullable(),
    }),
    timeoutMs: 2_000,
  },
})
