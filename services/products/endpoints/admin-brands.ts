import { z } from '@hono/zod-openapi'
import { route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminCreateBrand } from '../operations/brands/admin-create.ts'
import { adminDeleteBrand } from '../operations/brands/admin-delete.ts'
import { adminGetBrand } from '../operations/brands/admin-get.ts'
import { adminListBrands } from '../operations/brands/admin-list.ts'
import { adminUpdateBrand } from '../operations/brands/admin-update.ts'
import type { Ctx } from '../needs.ts'
import { AdminBrand, BrandChanges, NewBrand } from '../shapes/brand.ts'

const tags = ['Admin brands']
const params = z.object({ id: Id('brand') })

const list = route({
  ...verbs.lists(AdminBrand),
  operationId: 'adminListBrands',
  path: '/admin/brands',
  summary: 'List all brands by name, hidden ones too',
  tags,
  access: 'products.view',
})

const get = route({
  ...verbs.gets(params, AdminBrand),
  operationId: 'adminGetBrand',
  path: '/admin/brands/{id}',
  summary: 'One brand, shown or hidden',
  tags,
  access: 'products.view',
})

const create = route({
  ...verbs.creates(NewBrand, AdminBrand, 'already_exists'),
  operationId: 'adminCreateBrand',
  path: '/admin/brands',
  summary: 'Add a brand',
  tags,
  access: 'products.create',
})

const update = route({
  ...verbs.updates(params, BrandChanges, AdminBrand, 'already_exists'),
  operationId: 'adminUpdateBrand',
  path: '/admin/brands/{id}',
  summary: 'Change a brand; a new name is found by search a moment later',
  tags,
  access: 'products.update',
})

const remove = route({
  ...verbs.deletes(params, 'in_use'),
  operationId: 'adminDeleteBrand',
  path: '/admin/brands/{id}',
  summary: 'Delete a brand that no product is of',
  tags,
  access: 'products.delete',
})

export const adminBrands: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(adminListBrands))
  app.openapi(get, verbs.got(adminGetBrand))
  app.openapi(create, verbs.created(adminCreateBrand))
  app.openapi(update, verbs.updated(adminUpdateBrand))
  app.openapi(remove, verbs.deleted(adminDeleteBrand))
}
