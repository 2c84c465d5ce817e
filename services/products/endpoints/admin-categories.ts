import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import {
  changeCategory,
  createCategory,
  deleteCategory,
  getStaffCategory,
  listStaffCategories,
} from '../operations/categories.ts'
import type { Ctx } from '../needs.ts'
import { CategoryChanges, NewCategory, StaffCategory } from '../shapes/category.ts'

const tags = ['Categories, staff']
const params = z.object({ id: Id('cat') })

const list = route({
  operationId: 'listStaffCategories',
  method: 'get',
  path: '/admin/categories',
  summary: 'List all categories, hidden ones too, in the order of their creation',
  tags,
  access: 'products.view',
  request: { query: z.object(PageQuery()) },
  responses: { 200: ok(Page(StaffCategory), 'A page of categories') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getStaffCategory',
  method: 'get',
  path: '/admin/categories/{id}',
  summary: 'One category, shown or hidden',
  tags,
  access: 'products.view',
  request: { params },
  responses: { 200: ok(StaffCategory, 'The category') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'createCategory',
  method: 'post',
  path: '/admin/categories',
  summary: 'Add a category',
  tags,
  access: 'products.create',
  idempotent: true,
  request: { body: json(NewCategory) },
  responses: { 201: ok(StaffCategory, 'The new category') },
  problems: ['already_exists'],
})

const update = route({
  operationId: 'updateCategory',
  method: 'patch',
  path: '/admin/categories/{id}',
  summary: 'Change a category, or move it with everything below it',
  tags,
  access: 'products.update',
  request: { params, body: json(CategoryChanges) },
  responses: { 200: ok(StaffCategory, 'The category as it is now') },
  problems: ['not_found', 'already_exists'],
})

const remove = route({
  operationId: 'deleteCategory',
  method: 'delete',
  path: '/admin/categories/{id}',
  summary: 'Delete a category with everything below it, while no product is in any of them',
  tags,
  access: 'products.delete',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found', 'in_use'],
})

export const adminCategories: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await listStaffCategories(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await getStaffCategory(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(create, async (c) => c.json(await createCategory(c.var.ctx, c.req.valid('json')), 201))
  app.openapi(
    update,
    async (c) => c.json(await changeCategory(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(remove, async (c) => {
    await deleteCategory(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
