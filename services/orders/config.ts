import { z } from '@hono/zod-openapi'

/** What this service reads of the environment. */
export const config = z.object({
  /** How long an interrupted checkout rests before another process takes it over, milliseconds. */
  CHECKOUT_LEASE_MS: z.coerce.number().int().min(500).default(30_000),
})
export type Config = z.infer<typeof config>
