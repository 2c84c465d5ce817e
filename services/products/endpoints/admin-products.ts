import { z } from '@hono/zod-openapi'
import { route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import { versioned } from '../../../shared/http/versions.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminCreateProduct } from '../operations/products/admin-create.ts'
import { adminDeleteProduct } from '../operations/products/admin-delete.ts'
import { adminGetProduct } from '../operations/products/admin-get.ts'
import { adminListProducts } from '../operations/products/admin-list.ts'
import { adminUpdateProduct } from '../operations/products/admin-update.ts'
import type { Ctx } from '../needs.ts'
import {
  AdminProduct,
  AdminProductCard,
  AdminProductQuery,
  NewProduct,
  ProductChanges,
} from '../shapes/admin-product.ts'

const tags = ['Admin products']
const params = z.object({ id: Id('prod') })
/** Room for a product with all its variants. */
const limits = { bytes: 512 * 1024, values: 10_000 }

const list = route({
  ...verbs.lists(AdminProductCard, AdminProductQuery.shape),
  operationId: 'adminListProducts',
  path: '/admin/products',
  summary: 'List all products, drafts and archived ones too, newest first',
  tags,
  access: 'products.view',
})

const get = route({
  ...verbs.gets(params, AdminProduct),
  operationId: 'adminGetProduct',
  path: '/admin/products/{id}',
  summary: 'One product with costs and stock',
  tags,
  access: 'products.view',
})

const create = route({
  ...verbs.creates(NewProduct, AdminProduct, 'already_exists', 'plan_limit'),
  operationId: 'adminCreateProduct',
  path: '/admin/products',
  summary: 'Add a product with its variants, images and categories',
  tags,
  access: 'products.create',
  limits,
})

const update = route({
  ...verbs.updatesVersion(params, ProductChanges, AdminProduct, 'already_exists'),
  operationId: 'adminUpdateProduct',
  path: '/admin/products/{id}',
  summary: 'Change a product. Lists replace those that are there',
  tags,
  access: 'products.update',
  limits,
})

const remove = route({
  ...verbs.deletes(params),
  operationId: 'adminDeleteProduct',
  path: '/admin/products/{id}',
  summary:
    'Take a product out of the catalogue: its slug and reference are free again, orders keep what they need',
  tags,
  access: 'products.delete',
})

export const adminProducts: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(adminListProducts))
  app.openapi(get, verbs.got(adminGetProduct))
  app.openapi(create, async (c) => {
    const product = await adminCreateProduct(c.var.ctx, c.req.valid('json'))
    return versioned(c, product, 201, { location: `/v1/admin/products/${product.id}` })
  })
  app.openapi(update, verbs.updatedVersion(adminUpdateProduct))
  app.openapi(remove, verbs.deleted(adminDeleteProduct))
}
