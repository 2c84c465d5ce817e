import { z } from '@hono/zod-openapi'
import { route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminCreateUser } from '../operations/users/admin-create.ts'
import { adminDeleteUser } from '../operations/users/admin-delete.ts'
import { adminGetUser } from '../operations/users/admin-get.ts'
import { adminListUsers } from '../operations/users/admin-list.ts'
import { adminUpdateUser } from '../operations/users/admin-update.ts'
import type { Ctx } from '../needs.ts'
import { AdminUser, AdminUserSummary, NewUser, UserChanges, userFilters } from '../shapes/user.ts'

const tags = ['Admin users']
const params = z.object({ id: Id('user') })

const list = route({
  ...verbs.lists(AdminUserSummary, userFilters),
  operationId: 'adminListUsers',
  path: '/admin/users',
  summary: 'List the accounts of customers and staff, newest first',
  tags,
  access: 'users.view',
})

const get = route({
  ...verbs.gets(params, AdminUser),
  operationId: 'adminGetUser',
  path: '/admin/users/{id}',
  summary: 'One account, with roles and permissions',
  tags,
  access: 'users.view',
})

const create = route({
  ...verbs.creates(NewUser, AdminUser, 'already_exists'),
  operationId: 'adminCreateUser',
  path: '/admin/users',
  summary: 'Open an account for somebody, with roles no wider than your own: then invite them',
  tags,
  access: 'users.create',
})

const update = route({
  ...verbs.updates(params, UserChanges, AdminUser, 'already_exists'),
  operationId: 'adminUpdateUser',
  path: '/admin/users/{id}',
  summary: 'Change the name, address or language of somebody whose permissions are no wider than your own',
  tags,
  access: 'users.update',
})

const remove = route({
  ...verbs.deletes(params, 'conflict'),
  operationId: 'adminDeleteUser',
  path: '/admin/users/{id}',
  summary: 'Delete an account for good: nothing of the person is left, and the address is free again',
  tags,
  access: 'users.delete',
})

export const users: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(adminListUsers))
  app.openapi(get, verbs.got(adminGetUser))
  app.openapi(create, verbs.created(adminCreateUser))
  app.openapi(update, verbs.updated(adminUpdateUser))
  app.openapi(remove, verbs.deleted(adminDeleteUser))
}
