import { z } from '@hono/zod-openapi'
import { Id } from '../http/schemas.ts'
import { definePort } from '../service/port.ts'

/** What the kernel needs of whichever service keeps the users. `auth` provides it. */
export const identity = definePort('auth', 'identity', {
  /** The public keys of this shop's tokens: a JWK Set (RFC 7517). */
  keys: {
    input: z.object({}),
    output: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
    timeoutMs: 2_000,
  },
  /** Whether a session still stands, whose it is, and what its user may do now. */
  session: {
    input: z.object({ session: Id('ses') }),
    output: z.object({
      active: z.boolean(),
      user_id: z.string(),
      email: z.string(),
      name: z.string(),
      roles: z.array(z.string()),
      permissions: z.array(z.string()),
    }),
    timeoutMs: 2_000,
  },
})
