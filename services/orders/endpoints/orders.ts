import { z } from '@hono/zod-openapi'
import { Problem } from '../../../shared/errors/problem.ts'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import type { Ctx } from '../needs.ts'
import { cancelOwnOrder, getOwnOrder, listOwnOrders } from '../operations/orders-of-customer.ts'
import { type Customer, placeOrder } from '../operations/place-order.ts'
import { Cancellation, NewOrder, Order, OrderSummary } from '../shapes/order.ts'

const tags = ['Orders']
const params = z.object({ id: Id('ord') })

const place = route({
  operationId: 'placeOrder',
  method: 'post',
  path: '/orders',
  summary: 'Order a basket: answers once stock and payment are secured',
  tags,
  access: 'customer',
  idempotent: true,
  request: { body: json(NewOrder) },
  responses: { 201: ok(Order, 'The confirmed order') },
  problems: [
    'payment_refused',
    'plan_limit',
    'conflict',
    'out_of_stock',
    'basket_already_ordered',
    'basket_empty',
    'basket_changed',
    'not_purchasable',
    'promo_code_refused',
    'upstream_failed',
    'upstream_timeout',
  ],
})

const list = route({
  operationId: 'listOrders',
  method: 'get',
  path: '/orders',
  summary: 'Your orders, newest first',
  tags,
  access: 'customer',
  request: { query: z.object(PageQuery(10, 50)) },
  responses: { 200: ok(Page(OrderSummary), 'A page of orders') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getOrder',
  method: 'get',
  path: '/orders/{id}',
  summary: 'One of your orders with its lines',
  tags,
  access: 'customer',
  request: { params },
  responses: { 200: ok(Order, 'The order') },
  problems: ['not_found'],
})

const cancel = route({
  operationId: 'cancelOrder',
  method: 'post',
  path: '/orders/{id}/cancel',
  summary: 'Cancel your order, within 24 hours and before it is being prepared',
  tags,
  access: 'customer',
  request: { params, body: json(Cancellation) },
  responses: { 200: ok(Order, 'The cancelled order') },
  problems: ['not_found', 'conflict', 'illegal_transition'],
})

export const orders: Endpoints<Ctx> = (app) => {
  app.openapi(
    place,
    async (c) => c.json(await placeOrder(c.var.ctx, customerOf(c.var.ctx), c.req.valid('json')), 201),
  )
  app.openapi(
    list,
    async (c) => c.json(await listOwnOrders(c.var.ctx, customerOf(c.var.ctx).id, c.req.valid('query')), 200),
  )
  app.openapi(
    get,
    async (c) => c.json(await getOwnOrder(c.var.ctx, customerOf(c.var.ctx).id, c.req.valid('param').id), 200),
  )
  app.openapi(cancel, async (c) => {
    const { reason } = c.req.valid('json')
    return c.json(
      await cancelOwnOrder(c.var.ctx, customerOf(c.var.ctx).id, c.req.valid('param').id, reason),
      200,
    )
  })
}

/** The guard let nobody else pass. */
function customerOf({ actor }: Ctx): Customer {
  if (actor.type !== 'user') throw new Problem('unauthenticated')
  return actor
}
