import { z } from '@hono/zod-openapi'
import { Id, Instant } from '../../../shared/http/schemas.ts'
import { NewPassword } from './password.ts'

export const InvitationToken = z.string().regex(/^[\w-]{43}$/, 'must be an invitation token').openapi({
  description: 'Opaque, good for one use',
  example: 'Zk3v9yB1n5Qm0tXc7RjL2wHs8uPdE4aGfKoVxYiTbNM',
})

/** Shown once, to whoever hands it on. Put it into the fragment of a link: fragments are in no log. */
export const Invitation = z.object({
  user_id: Id('user'),
  email: z.string().openapi({ example: 'alice@example.com' }),
  token: InvitationToken,
  expires_at: Instant,
}).openapi('Invitation')
export type Invitation = z.infer<typeof Invitation>

export const InvitationAcceptance = z.strictObject({ token: InvitationToken, password: NewPassword })
  .openapi('InvitationAcceptance')
export type InvitationAcceptance = z.infer<typeof InvitationAcceptance>
