import { z } from '@hono/zod-openapi'
import { route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminCreateCategory } from '../operations/categories/admin-create.ts'
import { adminDeleteCategory } from '../operations/categories/admin-delete.ts'
import { adminGetCategory } from '../operations/categories/admin-get.ts'
import { adminListCategories } from '../operations/categories/admin-list.ts'
import { adminUpdateCategory } from '../operations/categories/admin-update.ts'
import type { Ctx } from '../needs.ts'
import { AdminCategory, CategoryChanges, NewCategory } from '../shapes/category.ts'

const tags = ['Admin categories']
const params = z.object({ id: Id('cat') })

const list = route({
  ...verbs.lists(AdminCategory),
  operationId: 'adminListCategories',
  path: '/admin/categories',
  summary: 'List all categories, hidden ones too, in the order of their creation',
  tags,
  access: 'products.view',
})

const get = route({
  ...verbs.gets(params, AdminCategory),
  operationId: 'adminGetCategory',
  path: '/admin/categories/{id}',
  summary: 'One category, shown or hidden',
  tags,
  access: 'products.view',
})

const create = route({
  ...verbs.creates(NewCategory, AdminCategory, 'already_exists'),
  operationId: 'adminCreateCategory',
  path: '/admin/categories',
  summary: 'Add a category',
  tags,
  access: 'products.create',
})

const update = route({
  ...verbs.updates(params, CategoryChanges, AdminCategory, 'already_exists'),
  operationId: 'adminUpdateCategory',
  path: '/admin/categories/{id}',
  summary: 'Change a category, or move it with everything below it',
  tags,
  access: 'products.update',
})

const remove = route({
  ...verbs.deletes(params, 'in_use'),
  operationId: 'adminDeleteCategory',
  path: '/admin/categories/{id}',
  summary: 'Delete a category with everything below it, while no product is in any of them',
  tags,
  access: 'products.delete',
})

export const adminCategories: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(adminListCategories))
  app.openapi(get, verbs.got(adminGetCategory))
  app.openapi(create, verbs.created(adminCreateCategory))
  app.openapi(update, verbs.updated(adminUpdateCategory))
  app.openapi(remove, verbs.deleted(adminDeleteCategory))
}
