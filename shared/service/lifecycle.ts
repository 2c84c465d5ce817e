import { z } from '@hono/zod-openapi'
import { definePort, type Port } from './port.ts'

/** Offered by every service without its doing: fills the database of a new shop. */
export const lifecycleOf = (
  service: string,
): Port<{ seed: { input: z.ZodType; output: z.ZodType; timeoutMs: number } }> =>
  definePort(service, `lifecycle-${service}`, {
    seed: { input: z.object({}), output: z.object({}), timeoutMs: 10_000 },
  })
