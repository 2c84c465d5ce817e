import { z } from '@hono/zod-openapi'
import { expectedVersion, versionTag } from '../../../shared/http/caching.ts'
import { Page } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { changeProduct } from '../operations/change-product.ts'
import { createProduct } from '../operations/create-product.ts'
import { deleteProduct } from '../operations/delete-product.ts'
import { getStaffProduct } from '../operations/get-product.ts'
import { listStaffProducts } from '../operations/list-staff-products.ts'
import type { Ctx } from '../needs.ts'
import {
  NewProduct,
  ProductChanges,
  StaffProduct,
  StaffProductCard,
  StaffProductQuery,
} from '../shapes/staff-product.ts'

const tags = ['Products, staff']
const params = z.object({ id: Id('prod') })

const list = route({
  operationId: 'listStaffProducts',
  method: 'get',
  path: '/admin/products',
  summary: 'List all products, drafts and archived ones too, newest first',
  tags,
  access: 'products.view',
  request: { query: StaffProductQuery },
  responses: { 200: ok(Page(StaffProductCard), 'A page of products') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getStaffProduct',
  method: 'get',
  path: '/admin/products/{id}',
  summary: 'One product with costs and stock',
  tags,
  access: 'products.view',
  request: { params },
  responses: { 200: ok(StaffProduct, 'The product; its ETag is what a change has to send as If-Match') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'createProduct',
  method: 'post',
  path: '/admin/products',
  summary: 'Add a product with its variants, images and categories',
  tags,
  access: 'products.create',
  idempotent: true,
  limits: { bytes: 512 * 1024, values: 10_000 },
  request: { body: json(NewProduct) },
  responses: { 201: ok(StaffProduct, 'The new product') },
  problems: ['already_exists', 'plan_limit'],
})

const update = route({
  operationId: 'updateProduct',
  method: 'patch',
  path: '/admin/products/{id}',
  summary: 'Change a product. Lists replace those that are there',
  tags,
  access: 'products.update',
  limits: { bytes: 512 * 1024, values: 10_000 },
  request: { params, body: json(ProductChanges) },
  responses: { 200: ok(StaffProduct, 'The product as it is now') },
  problems: ['not_found', 'already_exists', 'precondition_required', 'precondition_failed'],
})

const remove = route({
  operationId: 'deleteProduct',
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
  app.openapi(list, async (c) => c.json(await listStaffProducts(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => {
    const product = await getStaffProduct(c.var.ctx, c.req.valid('param').id)
    return c.json(product, 200, { etag: versionTag(product.version) })
  })
  app.openapi(create, async (c) => {
    const product = await createProduct(c.var.ctx, c.req.valid('json'))
    return c.json(product, 201, {
      etag: versionTag(product.version),
      location: `/v1/admin/products/${product.id}`,
    })
  })
  app.openapi(update, async (c) => {
    const product = await changeProduct(
      c.var.ctx,
      c.req.valid('param').id,
      expectedVersion(c),
      c.req.valid('json'),
    )
    return c.json(product, 200, { etag: versionTag(product.version) })
  })
  app.openapi(remove, async (c) => {
    await deleteProduct(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
