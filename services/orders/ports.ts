import { z } from '@hono/zod-openapi'
import { Id } from '../../shared/http/schemas.ts'
import { definePort } from '../../shared/service/port.ts'

export const orderStates = definePort('orders', 'orderStates', {
  /** The state of an order; null when there is none by this id. */
  find: {
    input: z.object({ order_id: Id('ord') }),
    output: z.object({ status: z.string().nullable() }),
    timeoutMs: 2_000,
  },
})
