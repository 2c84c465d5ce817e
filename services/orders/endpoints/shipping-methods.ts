import { z } from '@hono/zod-openapi'
import { publicJson } from '../../../shared/http/caching.ts'
import { expectedVersions, versionTag } from '../../../shared/http/versions.ts'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Line } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import type { Ctx } from '../needs.ts'
import { adminCreateShippingMethod } from '../operations/shipping-methods/admin-create.ts'
import { adminDeleteShippingMethod } from '../operations/shipping-methods/admin-delete.ts'
import { adminGetShippingMethod } from '../operations/shipping-methods/admin-get.ts'
import { adminListShippingMethods } from '../operations/shipping-methods/admin-list.ts'
import { adminUpdateShippingMethod } from '../operations/shipping-methods/admin-update.ts'
import { listShippingMethods } from '../operations/shipping-methods/list.ts'
import {
  AdminShippingMethod,
  NewShippingMethod,
  ShippingMethod,
  ShippingMethodChanges,
} from '../shapes/shipping-method.ts'

const tags = ['Shipping methods']
const adminTags = ['Admin shipping methods']
const params = z.object({ code: Line(50).openapi({ example: 'standard' }) })
const query = z.object(PageQuery())

const list = route({
  operationId: 'listShippingMethods',
  method: 'get',
  path: '/shipping-methods',
  summary: 'How an order can be sent, cheapest first',
  tags,
  access: 'public',
  request: { query },
  responses: { 200: ok(Page(ShippingMethod), 'A page of methods') },
  problems: ['invalid_cursor'],
})

const listAll = route({
  operationId: 'adminListShippingMethods',
  method: 'get',
  path: '/admin/shipping-methods',
  summary: 'All shipping methods, also those not offered now',
  tags: adminTags,
  access: 'settings.view',
  request: { query },
  responses: { 200: ok(Page(AdminShippingMethod), 'A page of methods') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'adminGetShippingMethod',
  method: 'get',
  path: '/admin/shipping-methods/{code}',
  summary: 'One shipping method',
  tags: adminTags,
  access: 'settings.view',
  request: { params },
  responses: { 200: ok(AdminShippingMethod, 'The method') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'adminCreateShippingMethod',
  method: 'post',
  path: '/admin/shipping-methods',
  summary: 'Offer another shipping method',
  tags: adminTags,
  access: 'settings.update',
  idempotent: true,
  request: { body: json(NewShippingMethod) },
  responses: { 201: ok(AdminShippingMethod, 'The new method') },
  problems: ['already_exists'],
})

const update = route({
  operationId: 'adminUpdateShippingMethod',
  method: 'patch',
  path: '/admin/shipping-methods/{code}',
  summary: 'Change a shipping method; orders keep what they were placed with',
  tags: adminTags,
  access: 'settings.update',
  request: { params, body: json(ShippingMethodChanges) },
  responses: { 200: ok(AdminShippingMethod, 'The method as it is now') },
  problems: ['not_found', 'precondition_failed', 'precondition_required'],
})

const remove = route({
  operationId: 'adminDeleteShippingMethod',
  method: 'delete',
  path: '/admin/shipping-methods/{code}',
  summary: 'Delete a shipping method',
  tags: adminTags,
  access: 'settings.update',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found'],
})

export const shippingMethods: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => publicJson(c, await listShippingMethods(c.var.ctx, c.req.valid('query'))))
  app.openapi(
    listAll,
    async (c) => c.json(await adminListShippingMethods(c.var.ctx, c.req.valid('query')), 200),
  )
  app.openapi(get, async (c) => {
    const method = await adminGetShippingMethod(c.var.ctx, c.req.valid('param').code)
    return c.json(method, 200, { etag: versionTag(method.version) })
  })
  app.openapi(create, async (c) => {
    const method = await adminCreateShippingMethod(c.var.ctx, c.req.valid('json'))
    return c.json(method, 201, { etag: versionTag(method.version) })
  })
  app.openapi(update, async (c) => {
    const { code } = c.req.valid('param')
    const method = await adminUpdateShippingMethod(c.var.ctx, code, expectedVersions(c), c.req.valid('json'))
    return c.json(method, 200, { etag: versionTag(method.version) })
  })
  app.openapi(remove, async (c) => {
    await adminDeleteShippingMethod(c.var.ctx, c.req.valid('param').code)
    return c.body(null, 204)
  })
}
