import { z } from '@hono/zod-openapi'
import { Page } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminCreateUser } from '../operations/users/admin-create.ts'
import { adminDeleteUser } from '../operations/users/admin-delete.ts'
import { adminGetUser } from '../operations/users/admin-get.ts'
import { adminListUsers } from '../operations/users/admin-list.ts'
import { adminUpdateUser } from '../operations/users/admin-update.ts'
import type { Ctx } from '../needs.ts'
import { AdminUser, AdminUserQuery, AdminUserSummary, NewUser, UserChanges } from '../shapes/user.ts'

const tags = ['Admin users']
const params = z.object({ id: Id('user') })

const list = route({
  operationId: 'adminListUsers',
  method: 'get',
  path: '/admin/users',
  summary: 'List the accounts of customers and staff, newest first',
  tags,
  access: 'users.view',
  request: { query: AdminUserQuery },
  responses: { 200: ok(Page(AdminUserSummary), 'A page of accounts') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'adminGetUser',
  method: 'get',
  path: '/admin/users/{id}',
  summary: 'One account, with roles and permissions',
  tags,
  access: 'users.view',
  request: { params },
  responses: { 200: ok(AdminUser, 'The account') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'adminCreateUser',
  method: 'post',
  path: '/admin/users',
  summary: 'Open an account for somebody, with roles no wider than your own: then invite them',
  tags,
  access: 'users.create',
  idempotent: true,
  request: { body: json(NewUser) },
  responses: { 201: ok(AdminUser, 'The new account') },
  problems: ['already_exists'],
})

const update = route({
  operationId: 'adminUpdateUser',
  method: 'patch',
  path: '/admin/users/{id}',
  summary: 'Change the name, address or language of somebody whose permissions are no wider than your own',
  tags,
  access: 'users.update',
  request: { params, body: json(UserChanges) },
  responses: { 200: ok(AdminUser, 'The account as it is now') },
  problems: ['not_found', 'already_exists'],
})

const remove = route({
  operationId: 'adminDeleteUser',
  method: 'delete',
  path: '/admin/users/{id}',
  summary: 'Delete an account for good: nothing of the person is left, and the address is free again',
  tags,
  access: 'users.delete',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found', 'conflict'],
})

export const users: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await adminListUsers(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await adminGetUser(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(create, async (c) => c.json(await adminCreateUser(c.var.ctx, c.req.valid('json')), 201))
  app.openapi(
    update,
    async (c) => c.json(await adminUpdateUser(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(remove, async (c) => {
    await adminDeleteUser(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
