import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import {
  addRolePermissions,
  createRole,
  deleteRole,
  listRoles,
  readRole,
  replaceRole,
} from '../operations/roles.ts'
import type { Ctx } from '../needs.ts'
import { AddedPermissions, NewRole, Role, RoleReplacement } from '../shapes/role.ts'

const tags = ['Roles']
const params = z.object({ id: Id('role') })

const list = route({
  operationId: 'listRoles',
  method: 'get',
  path: '/admin/roles',
  summary: 'List the roles with what they grant, by name',
  tags,
  access: 'roles.view',
  request: { query: z.object(PageQuery(50)) },
  responses: { 200: ok(Page(Role), 'A page of roles') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getRole',
  method: 'get',
  path: '/admin/roles/{id}',
  summary: 'One role',
  tags,
  access: 'roles.view',
  request: { params },
  responses: { 200: ok(Role, 'The role') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'createRole',
  method: 'post',
  path: '/admin/roles',
  summary: 'Add a role that grants permissions of your own',
  tags,
  access: 'roles.create',
  idempotent: true,
  request: { body: json(NewRole) },
  responses: { 201: ok(Role, 'The new role') },
  problems: ['already_exists'],
})

const replace = route({
  operationId: 'replaceRole',
  method: 'put',
  path: '/admin/roles/{id}',
  summary: 'Replace the name and the permissions of a role',
  tags,
  access: 'roles.update',
  request: { params, body: json(RoleReplacement) },
  responses: { 200: ok(Role, 'The role as it is now') },
  problems: ['not_found', 'already_exists', 'protected_role'],
})

const addPermissions = route({
  operationId: 'addRolePermissions',
  method: 'post',
  path: '/admin/roles/{id}/permissions',
  summary: 'Let a role grant more of your own permissions',
  tags,
  access: 'roles.update',
  request: { params, body: json(AddedPermissions) },
  responses: { 200: ok(Role, 'The role as it is now') },
  problems: ['not_found', 'protected_role'],
})

const remove = route({
  operationId: 'deleteRole',
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
  app.openapi(list, async (c) => c.json(await listRoles(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await readRole(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(create, async (c) => c.json(await createRole(c.var.ctx, c.req.valid('json')), 201))
  app.openapi(
    replace,
    async (c) => c.json(await replaceRole(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(
    addPermissions,
    async (c) =>
      c.json(
        await addRolePermissions(c.var.ctx, c.req.valid('param').id, c.req.valid('json').permissions),
        200,
      ),
  )
  app.openapi(remove, async (c) => {
    await deleteRole(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
