import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminAddRolePermissions } from '../operations/roles/admin-add-permissions.ts'
import { adminCreateRole } from '../operations/roles/admin-create.ts'
import { adminDeleteRole } from '../operations/roles/admin-delete.ts'
import { adminGetRole } from '../operations/roles/admin-get.ts'
import { adminListRoles } from '../operations/roles/admin-list.ts'
import { adminUpdateRole } from '../operations/roles/admin-update.ts'
import type { Ctx } from '../needs.ts'
import { AddedPermissions, AdminRole, NewRole, RoleChanges } from '../shapes/role.ts'

const tags = ['Admin roles']
const params = z.object({ id: Id('role') })

const list = route({
  operationId: 'adminListRoles',
  method: 'get',
  path: '/admin/roles',
  summary: 'List the roles with what they grant, by name',
  tags,
  access: 'roles.view',
  request: { query: z.object(PageQuery(50)) },
  responses: { 200: ok(Page(AdminRole), 'A page of roles') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'adminGetRole',
  method: 'get',
  path: '/admin/roles/{id}',
  summary: 'One role',
  tags,
  access: 'roles.view',
  request: { params },
  responses: { 200: ok(AdminRole, 'The role') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'adminCreateRole',
  method: 'post',
  path: '/admin/roles',
  summary: 'Add a role that grants permissions of your own',
  tags,
  access: 'roles.create',
  idempotent: true,
  request: { body: json(NewRole) },
  responses: { 201: ok(AdminRole, 'The new role') },
  problems: ['already_exists'],
})

const update = route({
  operationId: 'adminUpdateRole',
  method: 'put',
  path: '/admin/roles/{id}',
  summary: 'Replace the name and the permissions of a role',
  tags,
  access: 'roles.update',
  request: { params, body: json(RoleChanges) },
  responses: { 200: ok(AdminRole, 'The role as it is now') },
  problems: ['not_found', 'already_exists', 'protected_role'],
})

const addPermissions = route({
  operationId: 'adminAddRolePermissions',
  method: 'post',
  path: '/admin/roles/{id}/permissions',
  summary: 'Let a role grant more of your own permissions',
  tags,
  access: 'roles.update',
  request: { params, body: json(AddedPermissions) },
  responses: { 200: ok(AdminRole, 'The role as it is now') },
  problems: ['not_found', 'protected_role'],
})

const remove = route({
  operationId: 'adminDeleteRole',
  method: 'delete',
  path: '/admin/roles/{id}',
  summary: 'Delete a role that nobody has',
  tags,
  access: 'roles.delete',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found', 'in_use', 'protected_role'],
})

export const roles: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await adminListRoles(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await adminGetRole(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(create, async (c) => c.json(await adminCreateRole(c.var.ctx, c.req.valid('json')), 201))
  app.openapi(
    update,
    async (c) => c.json(await adminUpdateRole(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(
    addPermissions,
    async (c) =>
      c.json(
        await adminAddRolePermissions(c.var.ctx, c.req.valid('param').id, c.req.valid('json').permissions),
        200,
      ),
  )
  app.openapi(remove, async (c) => {
    await adminDeleteRole(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
