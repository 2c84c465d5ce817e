import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
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
  operationId: 'adminListCategories',
  method: 'get',
  path: '/admin/categories',
  summary: 'List all categories, hidden ones too, in the order of their creation',
  tags,
  access: 'products.view',
  request: { query: z.object(PageQuery()) },
  responses: { 200: ok(Page(AdminCategory), 'A page of categories') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'adminGetCategory',
  method: 'get',
  path: '/admin/categories/{id}',
  summary: 'One category, shown or hidden',
  tags,
  access: 'products.view',
  request: { params },
  responses: { 200: ok(AdminCategory, 'The category') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'adminCreateCategory',
  method: 'post',
  path: '/admin/categories',
  summary: 'Add a category',
  tags,
  access: 'products.create',
  idempotent: true,
  request: { body: json(NewCategory) },
  responses: { 201: ok(AdminCategory, 'The new category') },
  problems: ['already_exists'],
})

const update = route({
  operationId: 'adminUpdateCategory',
  method: 'patch',
  path: '/admin/categories/{id}',
  summary: 'Change a category, or move it with everything below it',
  tags,
  access: 'products.update',
  request: { params, body: json(CategoryChanges) },
  responses: { 200: ok(AdminCategory, 'The category as it is now') },
  problems: ['not_found', 'already_exists'],
})

const remove = route({
  operationId: 'adminDeleteCategory',
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
  app.openapi(list, async (c) => c.json(await adminListCategories(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await adminGetCategory(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(create, async (c) => c.json(await adminCreateCategory(c.var.ctx, c.req.valid('json')), 201))
  app.openapi(
    update,
    async (c) =>
      c.json(await adminUpdateCategory(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(remove, async (c) => {
    await adminDeleteCategory(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
