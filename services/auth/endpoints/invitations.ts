import { z } from '@hono/zod-openapi'
import { json, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import type { Ctx } from '../needs.ts'
import { acceptInvitation } from '../operations/invitations/accept.ts'
import { adminCreateInvitation } from '../operations/invitations/admin-create.ts'
import { Invitation, InvitationAcceptance } from '../shapes/invitation.ts'
import { SignedIn } from '../shapes/session.ts'
import { NO_STORE } from './auth.ts'

// Neither takes an Idempotency-Key: their answers hold secrets, which must not be kept to be replayed.

const create = route({
  operationId: 'adminCreateInvitation',
  method: 'post',
  path: '/admin/users/{id}/invitations',
  summary: 'Invite somebody to choose the password of their account: the token is shown this once',
  description:
    'Good for one use within seven days, until a newer one is made, and while you have all the permissions of the account.',
  tags: ['Admin users'],
  access: 'users.create',
  request: { params: z.object({ id: Id('user') }) },
  responses: { 201: ok(Invitation, 'The invitation') },
  problems: ['not_found', 'conflict'],
})

const accept = route({
  operationId: 'acceptInvitation',
  method: 'post',
  path: '/auth/invitations/accept',
  summary: 'Choose the password of an account one was invited to, and sign in',
  tags: ['Sign-in'],
  access: 'public',
  request: { body: json(InvitationAcceptance) },
  responses: { 200: ok(SignedIn, 'A new session; every other one of the account has ended') },
  problems: ['invitation_invalid'],
})

export const invitations: Endpoints<Ctx> = (app) => {
  app.openapi(
    create,
    async (c) => c.json(await adminCreateInvitation(c.var.ctx, c.req.valid('param').id), 201, NO_STORE),
  )
  app.openapi(
    accept,
    async (c) => c.json(await acceptInvitation(c.var.ctx, c.req.valid('json')), 200, NO_STORE),
  )
}
