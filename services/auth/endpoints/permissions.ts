import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../../shared/http/pagination.ts'
import { route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
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
  ...verbs.lists(AdminPermission, PageQuery(50)),
  operationId: 'adminListPermissions',
  path: '/admin/permissions',
  summary: 'List the permissions, by name',
  tags,
  access: 'roles.view',
})

const get = route({
  ...verbs.gets(params, AdminPermission),
  operationId: 'adminGetPermission',
  path: '/admin/permissions/{id}',
  summary: 'One permission',
  tags,
  access: 'roles.view',
})

const create = route({
  ...verbs.creates(NewPermission, AdminPermission, 'already_exists'),
  operationId: 'adminCreatePermission',
  path: '/admin/permissions',
  summary: 'Add a permission for a merchant’s own tools to ask for',
  tags,
  access: 'roles.create',
})

const update = route({
  ...verbs.updates(params, PermissionChanges, AdminPermission, 'already_exists', 'in_use', 'conflict'),
  method: 'put',
  operationId: 'adminUpdatePermission',
  path: '/admin/permissions/{id}',
  summary: 'Rename a permission, if you have it by both names',
  tags,
  access: 'roles.update',
})

const remove = route({
  ...verbs.deletes(params, 'in_use'),
  operationId: 'adminDeletePermission',
  path: '/admin/permissions/{id}',
  summary: 'Delete a permission: roles and users lose it',
  tags,
  access: 'roles.delete',
})

export const permissions: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(adminListPermissions))
  app.openapi(get, verbs.got(adminGetPermission))
  app.openapi(create, verbs.created(adminCreatePermission))
  app.openapi(update, verbs.updated(adminUpdatePermission))
  app.openapi(remove, verbs.deleted(adminDeletePermission))
}
