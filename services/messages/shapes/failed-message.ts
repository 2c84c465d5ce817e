import { z } from '@hono/zod-openapi'
import { Id, Instant, Line } from '../../../shared/http/schemas.ts'

export const FailedStatus = z.enum(['failed', 'retrying', 'resolved'])
  .openapi({ description: 'retrying: sent once more, its consumer has not answered yet', example: 'failed' })

const Consumer = Line(100).openapi({ example: 'products__commit-reservation' })
const EventTypeName = Line(150).openapi({ example: 'orders.order.confirmed' })

const fields = {
  id: Id('fail'),
  consumer: z.string().openapi({ example: 'products__commit-reservation' }),
  event_id: z.string(),
  event_type: z.string().openapi({ example: 'orders.order.confirmed' }),
  reason: z.enum(['invalid', 'refused', 'exhausted'])
    .openapi({
      description: 'invalid: not readable; refused: against a rule; exhausted: failed at every attempt',
    }),
  error: z.string(),
  attempts: z.int().openapi({ example: 8 }),
  retries: z.int().openapi({ example: 0 }),
  status: FailedStatus,
  failed_at: Instant,
  last_retry_at: Instant.nullable(),
  resolved_at: Instant.nullable(),
}

export const FailedMessage = z.object(fields).openapi('FailedMessage')
export type FailedMessage = z.infer<typeof FailedMessage>

export const FailedMessageDetails = z.object({
  ...fields,
  subject: z.string(),
  payload: z.string().openapi({ description: 'The message as it was published' }),
}).openapi('FailedMessageDetails')
export type FailedMessageDetails = z.infer<typeof FailedMessageDetails>

export const filters = {
  consumer: Consumer.optional(),
  event_type: EventTypeName.optional(),
  status: FailedStatus.optional(),
}

export const RetryOfMany = z.strictObject({
  consumer: Consumer.optional(),
  event_type: EventTypeName.optional(),
  limit: z.int().min(1).max(100).default(50).openapi({
    description: 'How many at most, oldest first',
    example: 50,
  }),
}).openapi('RetryOfMany')
export type RetryOfMany = z.infer<typeof RetryOfMany>

export const RetriedMany = z.object({
  retried: z.int().openapi({ example: 12 }),
  /** Some that the filter names still have to be retried. */
  has_more: z.boolean(),
}).openapi('RetriedMany')
export type RetriedMany = z.infer<typeof RetriedMany>
