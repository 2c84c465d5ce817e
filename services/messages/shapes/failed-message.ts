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
  error: z.object({
    code: z.string().openapi({ example: 'schema_mismatch' }),
    text: z.string().openapi({ example: 'The data of the event does not fit its schema' }),
    pointers: z.array(z.string()).openapi({
      description: 'JSON Pointers to what was wrong in the data of the event',
      example: ['/user_id'],
    }),
  }),
  log_reference: Id('letter').openapi({
    description: 'What the platform’s log knows the last failure by: name it to support',
  }),
  attempts: z.int().openapi({ example: 8 }),
  retries: z.int().openapi({ example: 0 }),
  status: FailedStatus,
  failed_at: Instant,
  last_retry_at: Instant.nullable(),
  resolved_at: Instant.nullable(),
}

export const AdminFailedMessage = z.object(fields).openapi('AdminFailedMessage')
export type AdminFailedMessage = z.infer<typeof AdminFailedMessage>

export const AdminFailedMessageDetails = z.object({
  ...fields,
  subject: z.string(),
  payload: z.string().openapi({ description: 'The message as it was published' }),
}).openapi('AdminFailedMessageDetails')
export type AdminFailedMessageDetails = z.infer<typeof AdminFailedMessageDetails>

export const filters = {
  consumer: Consumer.optional(),
  event_type: EventTypeName.optional(),
  status: FailedStatus.optional(),
}

export const FailedMessagesRetry = z.strictObject({
  consumer: Consumer.optional(),
  event_type: EventTypeName.optional(),
  limit: z.int().min(1).max(100).default(50).openapi({
    description: 'How many at most, oldest first',
    example: 50,
  }),
}).openapi('FailedMessagesRetry')
export type FailedMessagesRetry = z.infer<typeof FailedMessagesRetry>

export const RetriedFailedMessages = z.object({
  retried: z.int().openapi({ example: 12 }),
  /** Some that the filter names still have to be retried. */
  has_more: z.boolean(),
}).openapi('RetriedFailedMessages')
export type RetriedFailedMessages = z.infer<typeof RetriedFailedMessages>
