import { z } from '@hono/zod-openapi'
import { Instant } from '../../../shared/http/schemas.ts'

export const AdminQueue = z.object({
  name: z.string().openapi({ example: 'products__commit-reservation' }),
  event_type: z.string().openapi({ example: 'orders.order.confirmed' }),
  kept: z.int().openapi({
    description: 'Events of this shop that are kept, applied ones included',
    example: 120,
  }),
  waiting_since: Instant.nullable()
    .openapi({ description: 'When the oldest event was published that the consumer has not been given yet' }),
  lag_ms: z.int().openapi({ description: 'Age of that event; 0 when nothing waits', example: 0 }),
  failed: z.int().openapi({ example: 0 }),
  retrying: z.int().openapi({ example: 0 }),
}).openapi('AdminQueue')
export type AdminQueue = z.infer<typeof AdminQueue>
