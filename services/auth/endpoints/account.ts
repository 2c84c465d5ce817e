import { z } from '@hono/zod-openapi'
import { json, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { changePassword } from '../operations/account/change-password.ts'
import { getAccount } from '../operations/account/get.ts'
import { updateAccount } from '../operations/account/update.ts'
import { deleteSession } from '../operations/sessions/delete.ts'
import { listSessions } from '../operations/sessions/list.ts'
import { NO_STORE } from './auth.ts'
import type { Ctx } from '../needs.ts'
import { Account, AccountChanges, PasswordChange } from '../shapes/account.ts'
import { Session, SignedIn } from '../shapes/session.ts'

const tags = ['Account']

const get = route({
  operationId: 'getAccount',
  method: 'get',
  path: '/auth/me',
  summary: 'My account, with roles and permissions',
  tags,
  access: 'customer',
  responses: { 200: ok(Account, 'The account') },
  problems: ['not_found'],
})

const update = route({
  operationId: 'updateAccount',
  method: 'patch',
  path: '/auth/me',
  summary: 'Change my name or language',
  tags,
  access: 'customer',
  request: { body: json(AccountChanges) },
  responses: { 200: ok(Account, 'The account as it is now') },
  problems: ['not_found'],
})

const password = route({
  operationId: 'changePassword',
  method: 'post',
  path: '/auth/password',
  summary: 'Choose another password: every session ends, and the answer begins a new one',
  description:
    'Access and refresh tokens from before are worth nothing from then on, those of this session too.',
  tags,
  access: 'customer',
  request: { body: json(PasswordChange) },
  responses: { 200: ok(SignedIn, 'A new session') },
  problems: ['not_found', 'conflict'],
})

const sessions = route({
  ...verbs.lists(Session),
  operationId: 'listSessions',
  path: '/auth/sessions',
  summary: 'Where I am signed in, newest first',
  tags,
  access: 'customer',
})

const remove = route({
  ...verbs.deletes(z.object({ id: Id('ses') })),
  operationId: 'deleteSession',
  path: '/auth/sessions/{id}',
  summary: 'Sign out somewhere else',
  tags,
  access: 'customer',
})

export const account: Endpoints<Ctx> = (app) => {
  app.openapi(get, async (c) => c.json(await getAccount(c.var.ctx), 200))
  app.openapi(update, async (c) => c.json(await updateAccount(c.var.ctx, c.req.valid('json')), 200))
  app.openapi(
    password,
    async (c) => c.json(await changePassword(c.var.ctx, c.req.valid('json')), 200, NO_STORE),
  )
  app.openapi(sessions, verbs.listed(listSessions))
  app.openapi(remove, verbs.deleted(deleteSession))
}
