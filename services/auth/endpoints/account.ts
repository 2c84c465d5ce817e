import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { changePassword } from '../operations/change-password.ts'
import { changeOwnAccount, readOwnAccount } from '../operations/own-account.ts'
import { endOwnSession, listOwnSessions } from '../operations/sessions.ts'
import type { Ctx } from '../needs.ts'
import { Account, AccountChanges, PasswordChange } from '../shapes/account.ts'
import { Session } from '../shapes/session.ts'

const tags = ['My account']

const read = route({
  operationId: 'getMyAccount',
  method: 'get',
  path: '/auth/me',
  summary: 'My account, with roles and permissions',
  tags,
  access: 'customer',
  responses: { 200: ok(Account, 'The account') },
  problems: ['not_found'],
})

const change = route({
  operationId: 'updateMyAccount',
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
  operationId: 'changeMyPassword',
  method: 'post',
  path: '/auth/password',
  summary: 'Choose another password: all my other sessions end',
  tags,
  access: 'customer',
  request: { body: json(PasswordChange) },
  responses: { 204: noContent },
  problems: ['not_found', 'conflict'],
})

const sessions = route({
  operationId: 'listMySessions',
  method: 'get',
  path: '/auth/sessions',
  summary: 'Where I am signed in, newest first',
  tags,
  access: 'customer',
  request: { query: z.object(PageQuery()) },
  responses: { 200: ok(Page(Session), 'A page of sessions') },
  problems: ['invalid_cursor'],
})

const endSession = route({
  operationId: 'endMySession',
  method: 'delete',
  path: '/auth/sessions/{id}',
  summary: 'Sign out somewhere else',
  tags,
  access: 'customer',
  request: { params: z.object({ id: Id('ses') }) },
  responses: { 204: noContent },
  problems: ['not_found'],
})

export const account: Endpoints<Ctx> = (app) => {
  app.openapi(read, async (c) => c.json(await readOwnAccount(c.var.ctx), 200))
  app.openapi(change, async (c) => c.json(await changeOwnAccount(c.var.ctx, c.req.valid('json')), 200))
  app.openapi(password, async (c) => {
    await changePassword(c.var.ctx, c.req.valid('json'))
    return c.body(null, 204)
  })
  app.openapi(sessions, async (c) => c.json(await listOwnSessions(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(endSession, async (c) => {
    await endOwnSession(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
