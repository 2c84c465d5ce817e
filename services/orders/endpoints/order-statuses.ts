import { z } from '@hono/zod-openapi'
import { ok, route } from '../../../shared/http/route.ts'
import { Line } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
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
  cached: KEPT_S,
  responses: { 200: ok(z.object({ data: z.array(OrderStatus) }), 'All statuses') },
})

const get = route({
  ...verbs.gets(z.object({ name: Line(12).openapi({ example: 'confirmed' }) }), OrderStatus),
  operationId: 'getOrderStatus',
  path: '/order-statuses/{name}',
  summary: 'One order status',
  tags,
  access: 'public',
  cached: KEPT_S,
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
  app.openapi(list, (c) => c.json({ data: listOrderStatuses() }, 200))
  app.openapi(get, (c) => c.json(getOrderStatus(c.req.valid('param').name), 200))
  app.openapi(statistics, async (c) => {
    return c.json(await adminCountOrders(c.var.ctx), 200)
  })
}
