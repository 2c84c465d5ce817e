import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminDeleteBasket } from '../operations/baskets/admin-delete.ts'
import { adminGetBasket } from '../operations/baskets/admin-get.ts'
import { adminListBaskets } from '../operations/baskets/admin-list.ts'
import type { Ctx } from '../needs.ts'
import { AdminBasket, AdminBasketSummary, Status } from '../shapes/admin-basket.ts'

const tags = ['Admin baskets']
const params = z.object({ id: Id('bask') })

const list = route({
  operationId: 'adminListBaskets',
  method: 'get',
  path: '/admin/baskets',
  summary: 'List the baskets of the shop, newest first',
  tags,
  access: 'baskets.view',
  request: {
    query: z.object({ status: Status.optional(), user_id: Id('user').optional(), ...PageQuery(15) }),
  },
  responses: { 200: ok(Page(AdminBasketSummary), 'A page of baskets') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'adminGetBasket',
  method: 'get',
  path: '/admin/baskets/{id}',
  summary: 'A basket as it was last changed',
  tags,
  access: 'baskets.view',
  request: { params },
  responses: { 200: ok(AdminBasket, 'The basket') },
  problems: ['not_found'],
})

const remove = route({
  operationId: 'adminDeleteBasket',
  method: 'delete',
  path: '/admin/baskets/{id}',
  summary: 'Delete a basket; whoever shopped with it begins anew',
  tags,
  access: 'baskets.delete',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found'],
})

export const adminBaskets: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await adminListBaskets(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await adminGetBasket(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(remove, async (c) => {
    await adminDeleteBasket(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
