import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
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
  operationId: 'adminListBrands',
  method: 'get',
  path: '/admin/brands',
  summary: 'List all brands by name, hidden ones too',
  tags,
  access: 'products.view',
  request: { query: z.object(PageQuery()) },
  responses: { 200: ok(Page(AdminBrand), 'A page of brands') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'adminGetBrand',
  method: 'get',
  path: '/admin/brands/{id}',
  summary: 'One brand, shown or hidden',
  tags,
  access: 'products.view',
  request: { params },
  responses: { 200: ok(AdminBrand, 'The brand') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'adminCreateBrand',
  method: 'post',
  path: '/admin/brands',
  summary: 'Add a brand',
  tags,
  access: 'products.create',
  idempotent: true,
  request: { body: json(NewBrand) },
  responses: { 201: ok(AdminBrand, 'The new brand') },
  problems: ['already_exists'],
})

const update = route({
  operationId: 'adminUpdateBrand',
  method: 'patch',
  path: '/admin/brands/{id}',
  summary: 'Change a brand; a new name is found by search a moment later',
  tags,
  access: 'products.update',
  request: { params, body: json(BrandChanges) },
  responses: { 200: ok(AdminBrand, 'The brand as it is now') },
  problems: ['not_found', 'already_exists'],
})

const remove = route({
  operationId: 'adminDeleteBrand',
  method: 'delete',
  path: '/admin/brands/{id}',
  summary: 'Delete a brand that no product is of',
  tags,
  access: 'products.delete',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found', 'in_use'],
})

export const adminBrands: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await adminListBrands(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await adminGetBrand(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(create, async (c) => c.json(await adminCreateBrand(c.var.ctx, c.req.valid('json')), 201))
  app.openapi(
    update,
    async (c) => c.json(await adminUpdateBrand(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(remove, async (c) => {
    await adminDeleteBrand(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
