import { z } from '@hono/zod-openapi'
import { Page } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { changeUser } from '../operations/change-user.ts'
import { createUser } from '../operations/create-user.ts'
import { deleteUser } from '../operations/delete-user.ts'
import { listUsers, readUser } from '../operations/users.ts'
import type { Ctx } from '../needs.ts'
import { NewUser, User, UserChanges, UserQuery, UserSummary } from '../shapes/user.ts'

const tags = ['Users']
const params = z.object({ id: Id('user') })

const list = route({
  operationId: 'listUsers',
  method: 'get',
  path: '/admin/users',
  summary: 'List the accounts of customers and staff, newest first',
  tags,
  access: 'users.view',
  request: { query: UserQuery },
  responses: { 200: ok(Page(UserSummary), 'A page of accounts') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getUser',
  method: 'get',
  path: '/admin/users/{id}',
  summary: 'One account, with roles and permissions',
  tags,
  access: 'users.view',
  request: { params },
  responses: { 200: ok(User, 'The account') },
  problems: ['not_found'],
})

// No Idempotency-Key: the hash of the request that comes with one is fast, and would tell the password to whoever
// guesses. A repetition finds the address taken.
const create = route({
  operationId: 'createUser',
  method: 'post',
  path: '/admin/users',
  summary: 'Open an account for somebody, with roles no wider than your own',
  tags,
  access: 'users.create',
  request: { body: json(NewUser) },
  responses: { 201: ok(User, 'The new account') },
  problems: ['already_exists'],
})

const update = route({
  operationId: 'updateUser',
  method: 'patch',
  path: '/admin/users/{id}',
  summary: 'Change the name, address or language of somebody whose permissions are no wider than your own',
  tags,
  access: 'users.update',
  request: { params, body: json(UserChanges) },
  responses: { 200: ok(User, 'The account as it is now') },
  problems: ['not_found', 'already_exists'],
})

const remove = route({
  operationId: 'deleteUser',
  method: 'delete',
  path: '/admin/users/{id}',
  summary: 'Delete an account: its sessions end and its address stays taken',
  tags,
  access: 'users.delete',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found', 'conflict'],
})

export const users: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await listUsers(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await readUser(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(create, async (c) => c.json(await createUser(c.var.ctx, c.req.valid('json')), 201))
  app.openapi(
    update,
    async (c) => c.json(await changeUser(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(remove, async (c) => {
    await deleteUser(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
