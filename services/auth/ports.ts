import { z } from '@hono/zod-openapi'
import { Email, Id, Line } from '../../shared/http/schemas.ts'
import { definePort } from '../../shared/service/port.ts'

/** What provisioning needs: the first person of a new shop. `identity`, also provided here, is declared by the kernel. */
export const accounts = definePort('auth', 'accounts', {
  /** A super-admin. Idempotent by e-mail address: an account that is there keeps its password. */
  createOwner: {
    input: z.object({
      email: Email,
      first_name: Line(255),
      last_name: Line(255),
      /** argon2id, in PHC string format. */
      password_hash: z.string().max(255).startsWith('$argon2id$'),
      must_change_password: z.boolean(),
    }),
    output: z.object({ user_id: Id('user') }),
    timeoutMs: 5_000,
  },
})
