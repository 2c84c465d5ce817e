import { z } from '@hono/zod-openapi'
import { Page } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import { IfMatch } from '../../../shared/http/verbs.ts'
import { expectedVersions, versioned, versionTag } from '../../../shared/http/versions.ts'
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

const list = route({
  operationId: 'adminListProducts',
  method: 'get',
  path: '/admin/products',
  summary: 'List all products, drafts and archived ones too, newest first',
  tags,
  access: 'products.view',
  request: { query: AdminProductQuery },
  responses: { 200: ok(Page(AdminProductCard), 'A page of products') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'adminGetProduct',
  method: 'get',
  path: '/admin/products/{id}',
  summary: 'One product with costs and stock',
  tags,
  access: 'products.view',
  request: { params },
  responses: { 200: ok(AdminProduct, 'The product; its ETag is what a change has to send as If-Match') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'adminCreateProduct',
  method: 'post',
  path: '/admin/products',
  summary: 'Add a product with its variants, images and categories',
  tags,
  access: 'products.create',
  idempotent: true,
  limits: { bytes: 512 * 1024, values: 10_000 },
  request: { body: json(NewProduct) },
  responses: { 201: ok(AdminProduct, 'The new product') },
  problems: ['already_exists', 'plan_limit'],
})

const update = route({
  operationId: 'adminUpdateProduct',
  method: 'patch',
  path: '/admin/products/{id}',
  summary: 'Change a product. Lists replace those that are there',
  tags,
  access: 'products.update',
  limits: { bytes: 512 * 1024, values: 10_000 },
  request: { params, body: json(ProductChanges), headers: IfMatch },
  responses: { 200: ok(AdminProduct, 'The product as it is now') },
  problems: ['not_found', 'already_exists', 'precondition_required', 'precondition_failed'],
})

const remove = route({
  operationId: 'adminDeleteProduct',
  method: 'delete',
  path: '/admin/products/{id}',
  summary:
    'Take a product out of the catalogue: its slug and reference are free again, orders keep what they need',
  tags,
  access: 'products.delete',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found'],
})

export const adminProducts: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await adminListProducts(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => {
    const product = await adminGetProduct(c.var.ctx, c.req.valid('param').id)
    return versioned(c, product, 200)
  })
  app.openapi(create, async (c) => {
    const product = await adminCreateProduct(c.var.ctx, c.req.valid('json'))
    return c.json(product, 201, {
      etag: versionTag(product.version),
      location: `/v1/admin/products/${product.id}`,
    })
  })
  app.openapi(update, async (c) => {
    const product = await adminUpdateProduct(
      c.var.ctx,
      c.req.valid('param').id,
      expectedVersions(c),
      c.req.valid('json'),
    )
    return versioned(c, product, 200)
  })
  app.openapi(remove, async (c) => {
    await adminDeleteProduct(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
