import { z } from '@hono/zod-openapi'
import { json, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { givePermission, giveRole, takePermission, takeRole } from '../operations/user-grants.ts'
import type { Ctx } from '../needs.ts'
import { PermissionName } from '../shapes/permission.ts'
import { RoleName } from '../shapes/role.ts'
import { GivenPermission, GivenRole, User } from '../shapes/user.ts'

const tags = ['Users']
const id = Id('user')
const responses = { 200: ok(User, 'The account as it is now') }

const addRole = route({
  operationId: 'giveRole',
  method: 'post',
  path: '/admin/users/{id}/roles',
  summary: 'Give a user a role, if you have all it grants',
  tags,
  access: 'users.update',
  request: { params: z.object({ id }), body: json(GivenRole) },
  responses,
  problems: ['not_found'],
})

const removeRole = route({
  operationId: 'takeRole',
  method: 'delete',
  path: '/admin/users/{id}/roles/{role}',
  summary: 'Take a role from a user, if you have all it grants',
  tags,
  access: 'users.update',
  request: { params: z.object({ id, role: RoleName }) },
  responses,
  problems: ['not_found', 'conflict'],
})

const addPermission = route({
  operationId: 'givePermission',
  method: 'post',
  path: '/admin/users/{id}/permissions',
  summary: 'Give a user a permission directly, if you have it',
  tags,
  access: 'users.update',
  request: { params: z.object({ id }), body: json(GivenPermission) },
  responses,
  problems: ['not_found'],
})

const removePermission = route({
  operationId: 'takePermission',
  method: 'delete',
  path: '/admin/users/{id}/permissions/{permission}',
  summary: 'Take a permission that was given directly, if you have it',
  tags,
  access: 'users.update',
  request: { params: z.object({ id, permission: PermissionName }) },
  responses,
  problems: ['not_found'],
})

export const userGrants: Endpoints<Ctx> = (app) => {
  app.openapi(
    addRole,
    async (c) => c.json(await giveRole(c.var.ctx, c.req.valid('param').id, c.req.valid('json').role), 200),
  )
  app.openapi(removeRole, async (c) => {
    const { id, role } = c.req.valid('param')
    return c.json(await takeRole(c.var.ctx, id, role), 200)
  })
  app.openapi(
    addPermission,
    async (c) =>
      c.json(await givePermission(c.var.ctx, c.req.valid('param').id, c.req.valid('json').permission), 200),
  )
  app.openapi(removePermission, async (c) => {
    const { id, permission } = c.req.valid('param')
    return c.json(await takePermission(c.var.ctx, id, permission), 200)
  })
}
