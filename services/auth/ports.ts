import { z } from '@hono/zod-openapi'
import { Email, Id, Line } from '../../shared/http/schemas.ts'
import { definePort } from '../../shared/service/port.ts'

/** What making a shop needs: its first person. `identity`, also provided here, is declared by the kernel. */
export const accounts = definePort('auth', 'accounts', {
  /** A super-admin without a password. Idempotent by e-mail address: an account that is there keeps its own. */
  createOwner: {
    input: z.object({ email: Email, first_name: Line(255), last_name: Line(255) }),
    output: z.object({ user_id: Id('user') }),
    timeoutMs: 5_000,
  },
  /** A new invitation; the one before is worth nothing from then on. Throws `not_found` when the account is gone. */
  inviteOwner: {
    input: z.object({ user_id: Id('user') }),
    output: z.object({ user_id: Id('user'), email: z.string(), token: z.string(), expires_at: z.string() }),
    timeoutMs: 5_000,
  },
})
