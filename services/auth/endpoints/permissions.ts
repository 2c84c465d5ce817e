import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminCreatePermission } from '../operations/permissions/admin-create.ts'
import { adminDeletePermission } from '../operations/permissions/admin-delete.ts'
import { adminGetPermission } from '../operations/permissions/admin-get.ts'
import { adminListPermissions } from '../operations/permissions/admin-list.ts'
import { adminUpdatePermission } from '../operations/permissions/admin-update.ts'
import type { Ctx } from '../needs.ts'
import { AdminPermission, NewPermission, PermissionChanges } from '../shapes/permission.ts'

const tags = ['Admin permissions']
const params = z.object({ id: Id('perm') })

const list = route({
  operationId: 'adminListPermissions',
  method: 'get',
  path: '/admin/permissions',
  summary: 'List the permissions, by name',
  tags,
  access: 'roles.view',
  request: { query: z.object(PageQuery(50)) },
  responses: { 200: ok(Page(AdminPermission), 'A page of permissions') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'adminGetPermission',
  method: 'get',
  path: '/admin/permissions/{id}',
  summary: 'One permission',
  tags,
  access: 'roles.view',
  request: { params },
  responses: { 200: ok(AdminPermission, 'The permission') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'adminCreatePermission',
  method: 'post',
  path: '/admin/permissions',
  summary: 'Add a permission for a merchant’s own tools to ask for',
  tags,
  access: 'roles.create',
  idempotent: true,
  request: { body: json(NewPermission) },
  responses: { 201: ok(AdminPermission, 'The new permission') },
  problems: ['already_exists'],
})

const update = route({
  operationId: 'adminUpdatePermission',
  method: 'put',
  path: '/admin/permissions/{id}',
  summary: 'Rename a permission, if you have it by both names',
  tags,
  access: 'roles.update',
  request: { params, body: json(PermissionChanges) },
  responses: { 200: ok(AdminPermission, 'The permission as it is now') },
  problems: ['not_found', 'already_exists', 'in_use', 'conflict'],
})

const remove = route({
  operationId: 'adminDeletePermission',
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
  app.openapi(list, async (c) => c.json(await adminListPermissions(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await adminGetPermission(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(create, async (c) => c.json(await adminCreatePermission(c.var.ctx, c.req.valid('json')), 201))
  app.openapi(
    update,
    async (c) =>
      c.json(await adminUpdatePermission(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(remove, async (c) => {
    await adminDeletePermission(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
