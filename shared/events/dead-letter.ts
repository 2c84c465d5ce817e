import { z } from '@hono/zod-openapi'
import type { Id } from '../kernel/id.ts'
import { type FailureCode, isFailureCode } from './failure.ts'

/** What is kept of a message that could not be applied; with `applied`, that a retry of it has been since. */
export const DeadLetter = z.object({
  /** What the log knows it by. */
  id: z.string().max(64) as unknown as z.ZodType<Id<'letter'>>,
  consumer: z.string().max(100),
  subject: z.string().max(255),
  payload: z.string(),
  reason: z.enum(['invalid', 'refused', 'exhausted', 'applied']),
  /** One that a later release has thought of is shown as the most general of ours. */
  code: z.custom<FailureCode>(isFailureCode).nullable().catch('handler_failed'),
  pointers: z.array(z.string().max(200)).max(20),
  attempts: z.int(),
  failed_at: z.iso.datetime(),
})
export type DeadLetter = z.infer<typeof DeadLetter>

/** On an event that is sent once more for one consumer, its durable name: every other lets it pass. */
export const RETRY_FOR = 'Retry-For'
