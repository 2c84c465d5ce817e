import { z } from '@hono/zod-openapi'
import { publicJson } from '../../../shared/http/caching.ts'
import { ok, route } from '../../../shared/http/route.ts'
import { Line } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import type { Ctx } from '../needs.ts'
import { adminCountOrders } from '../operations/order-statuses/admin-count.ts'
import { getOrderStatus } from '../operations/order-statuses/get.ts'
import { listOrderStatuses } from '../operations/order-statuses/list.ts'
import { OrderStatistics, OrderStatus } from '../shapes/order-status.ts'

const tags = ['Order statuses']
/** They change with the code only. */
const KEPT_S = 3_600

const list = route({
  operationId: 'listOrderStatuses',
  method: 'get',
  path: '/order-statuses',
  summary: 'What an order may be, and what it may become next',
  tags,
  access: 'public',
  responses: { 200: ok(z.object({ data: z.array(OrderStatus) }), 'All statuses') },
})

const get = route({
  operationId: 'getOrderStatus',
  method: 'get',
  path: '/order-statuses/{name}',
  summary: 'One order status',
  tags,
  access: 'public',
  request: { params: z.object({ name: Line(12).openapi({ example: 'confirmed' }) }) },
  responses: { 200: ok(OrderStatus, 'The status') },
  problems: ['not_found'],
})

const statistics = route({
  operationId: 'adminCountOrders',
  method: 'get',
  path: '/admin/order-statuses/statistics',
  summary: 'How many orders are in each status',
  tags,
  access: 'orders.view',
  responses: { 200: ok(OrderStatistics, 'A count for each status') },
})

export const orderStatuses: Endpoints<Ctx> = (app) => {
  app.openapi(list, (c) => publicJson(c, { data: listOrderStatuses() }, KEPT_S))
  app.openapi(get, (c) => publicJson(c, getOrderStatus(c.req.valid('param').name), KEPT_S))
  app.openapi(statistics, async (c) => {
    return c.json(await adminCountOrders(c.var.ctx), 200)
  })
}
