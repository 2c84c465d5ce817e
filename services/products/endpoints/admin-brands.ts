import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import {
  changeBrand,
  createBrand,
  deleteBrand,
  getStaffBrand,
  listStaffBrands,
} from '../operations/brands.ts'
import type { Ctx } from '../needs.ts'
import { BrandChanges, NewBrand, StaffBrand } from '../shapes/brand.ts'

const tags = ['Brands, staff']
const params = z.object({ id: Id('brand') })

const list = route({
  operationId: 'listStaffBrands',
  method: 'get',
  path: '/admin/brands',
  summary: 'List all brands by name, hidden ones too',
  tags,
  access: 'products.view',
  request: { query: z.object(PageQuery()) },
  responses: { 200: ok(Page(StaffBrand), 'A page of brands') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getStaffBrand',
  method: 'get',
  path: '/admin/brands/{id}',
  summary: 'One brand, shown or hidden',
  tags,
  access: 'products.view',
  request: { params },
  responses: { 200: ok(StaffBrand, 'The brand') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'createBrand',
  method: 'post',
  path: '/admin/brands',
  summary: 'Add a brand',
  tags,
  access: 'products.create',
  idempotent: true,
  request: { body: json(NewBrand) },
  responses: { 201: ok(StaffBrand, 'The new brand') },
  problems: ['already_exists'],
})

const update = route({
  operationId: 'updateBrand',
  method: 'patch',
  path: '/admin/brands/{id}',
  summary: 'Change a brand; a new name is found by search at once',
  tags,
  access: 'products.update',
  request: { params, body: json(BrandChanges) },
  responses: { 200: ok(StaffBrand, 'The brand as it is now') },
  problems: ['not_found', 'already_exists'],
})

const remove = route({
  operationId: 'deleteBrand',
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
  app.openapi(list, async (c) => c.json(await listStaffBrands(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await getStaffBrand(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(create, async (c) => c.json(await createBrand(c.var.ctx, c.req.valid('json')), 201))
  app.openapi(
    update,
    async (c) => c.json(await changeBrand(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(remove, async (c) => {
    await deleteBrand(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
