import { z } from '@hono/zod-openapi'
import { ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminAssignPermission } from '../operations/grants/admin-assign-permission.ts'
import { adminAssignRole } from '../operations/grants/admin-assign-role.ts'
import { adminRevokePermission } from '../operations/grants/admin-revoke-permission.ts'
import { adminRevokeRole } from '../operations/grants/admin-revoke-role.ts'
import type { Ctx } from '../needs.ts'
import { PermissionName } from '../shapes/permission.ts'
import { RoleName } from '../shapes/role.ts'
import { AdminUser, PermissionAssignment, RoleAssignment } from '../shapes/user.ts'

const tags = ['Admin users']
const id = Id('user')

const addRole = route({
  ...verbs.acts(z.object({ id }), RoleAssignment, AdminUser),
  operationId: 'adminAssignRole',
  path: '/admin/users/{id}/roles',
  summary: 'Give a user a role, if you have all it grants',
  tags,
  access: 'users.update',
})

const removeRole = route({
  operationId: 'adminRevokeRole',
  method: 'delete',
  path: '/admin/users/{id}/roles/{role}',
  summary: 'Take a role from a user, if you have all it grants',
  tags,
  access: 'users.update',
  request: { params: z.object({ id, role: RoleName }) },
  responses: { 200: ok(AdminUser, 'As it is now') },
  problems: ['not_found', 'conflict'],
})

const addPermission = route({
  ...verbs.acts(z.object({ id }), PermissionAssignment, AdminUser),
  operationId: 'adminAssignPermission',
  path: '/admin/users/{id}/permissions',
  summary: 'Give a user a permission directly, if you have it',
  tags,
  access: 'users.update',
})

const removePermission = route({
  operationId: 'adminRevokePermission',
  method: 'delete',
  path: '/admin/users/{id}/permissions/{permission}',
  summary: 'Take a permission that was given directly, if you have it',
  tags,
  access: 'users.update',
  request: { params: z.object({ id, permission: PermissionName }) },
  responses: { 200: ok(AdminUser, 'As it is now') },
  problems: ['not_found'],
})

export const userGrants: Endpoints<Ctx> = (app) => {
  app.openapi(addRole, verbs.updated(adminAssignRole))
  app.openapi(removeRole, async (c) => {
    const { id, role } = c.req.valid('param')
    return c.json(await adminRevokeRole(c.var.ctx, id, role), 200)
  })
  app.openapi(addPermission, verbs.updated(adminAssignPermission))
  app.openapi(removePermission, async (c) => {
    const { id, permission } = c.req.valid('param')
    return c.json(await adminRevokePermission(c.var.ctx, id, permission), 200)
  })
}
