import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../../shared/http/pagination.ts'
import { route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
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
  ...verbs.lists(AdminRole, PageQuery(50)),
  operationId: 'adminListRoles',
  path: '/admin/roles',
  summary: 'List the roles with what they grant, by name',
  tags,
  access: 'roles.view',
})

const get = route({
  ...verbs.gets(params, AdminRole),
  operationId: 'adminGetRole',
  path: '/admin/roles/{id}',
  summary: 'One role',
  tags,
  access: 'roles.view',
})

const create = route({
  ...verbs.creates(NewRole, AdminRole, 'already_exists'),
  operationId: 'adminCreateRole',
  path: '/admin/roles',
  summary: 'Add a role that grants permissions of your own',
  tags,
  access: 'roles.create',
})

const update = route({
  ...verbs.updates(params, RoleChanges, AdminRole, 'already_exists', 'protected_role'),
  method: 'put',
  operationId: 'adminUpdateRole',
  path: '/admin/roles/{id}',
  summary: 'Replace the name and the permissions of a role',
  tags,
  access: 'roles.update',
})

const addPermissions = route({
  ...verbs.acts(params, AddedPermissions, AdminRole, 'protected_role'),
  operationId: 'adminAddRolePermissions',
  path: '/admin/roles/{id}/permissions',
  summary: 'Let a role grant more of your own permissions',
  tags,
  access: 'roles.update',
})

const remove = route({
  ...verbs.deletes(params, 'in_use', 'protected_role'),
  operationId: 'adminDeleteRole',
  path: '/admin/roles/{id}',
  summary: 'Delete a role that nobody has',
  tags,
  access: 'roles.delete',
})

export const roles: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(adminListRoles))
  app.openapi(get, verbs.got(adminGetRole))
  app.openapi(create, verbs.created(adminCreateRole))
  app.openapi(update, verbs.updated(adminUpdateRole))
  app.openapi(addPermissions, verbs.updated(adminAddRolePermissions))
  app.openapi(remove, verbs.deleted(adminDeleteRole))
}
