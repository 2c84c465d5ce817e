import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import {
  createPermission,
  deletePermission,
  listPermissions,
  readPermission,
  renamePermission,
} from '../operations/permissions.ts'
import type { Ctx } from '../needs.ts'
import { NewPermission, Permission } from '../shapes/permission.ts'

const tags = ['Permissions']
const params = z.object({ id: Id('perm') })

const list = route({
  operationId: 'listPermissions',
  method: 'get',
  path: '/admin/permissions',
  summary: 'List the permissions, by name',
  tags,
  access: 'roles.view',
  request: { query: z.object(PageQuery(50)) },
  responses: { 200: ok(Page(Permission), 'A page of permissions') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getPermission',
  method: 'get',
  path: '/admin/permissions/{id}',
  summary: 'One permission',
  tags,
  access: 'roles.view',
  request: { params },
  responses: { 200: ok(Permission, 'The permission') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'createPermission',
  method: 'post',
  path: '/admin/permissions',
  summary: 'Add a permission for a merchant’s own tools to ask for',
  tags,
  access: 'roles.create',
  idempotent: true,
  request: { body: json(NewPermission) },
  responses: { 201: ok(Permission, 'The new permission') },
  problems: ['already_exists'],
})

const rename = route({
  operationId: 'renamePermission',
  method: 'put',
  path: '/admin/permissions/{id}',
  summary: 'Rename a permission, if you have it by both names',
  tags,
  access: 'roles.update',
  request: { params, body: json(NewPermission) },
  responses: { 200: ok(Permission, 'The permission as it is now') },
  problems: ['not_found', 'already_exists', 'in_use', 'conflict'],
})

const remove = route({
  operationId: 'deletePermission',
  method: 'delete',
  path: '/admin/permissions/{id}',
  summary: 'Delete a permission: roles and users lose it',
  tags,
  access: 'roles.delete',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found', 'in_use'],
})

export const permissions: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await listPermissions(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await readPermission(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(create, async (c) => c.json(await createPermission(c.var.ctx, c.req.valid('json')), 201))
  app.openapi(
    rename,
    async (c) => c.json(await renamePermission(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(remove, async (c) => {
    await deletePermission(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
