import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../../shared/http/pagination.ts'
import { json, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { BasketToken } from '../../baskets/ports.ts'
import type { Ctx } from '../needs.ts'
import { cancelOrder } from '../operations/orders/cancel.ts'
import { getOrder } from '../operations/orders/get.ts'
import { listOrders } from '../operations/orders/list.ts'
import { placeOrder } from '../operations/orders/place.ts'
import { quoteOrder } from '../operations/orders/quote.ts'
import { Cancellation, NewOrder, Order, OrderSummary } from '../shapes/order.ts'
import { OrderQuote, QuoteRequest } from '../shapes/quote.ts'

const tags = ['Orders']
const headers = z.object({
  'basket-token': BasketToken.optional().openapi({
    description: 'A guest’s hold of a basket. Who is signed in has the account’s basket whatever the token',
  }),
})
const params = z.object({ id: Id('ord') })

const refusals = [
  'out_of_stock',
  'basket_empty',
  'basket_changed',
  'not_purchasable',
  'promo_code_refused',
  'upstream_failed',
  'upstream_timeout',
] as const

const quote = route({
  operationId: 'quoteOrder',
  method: 'post',
  path: '/orders/quote',
  summary: 'What an order of the basket would come to, with codes and shipping',
  description:
    'Changes nothing. Refused as the order itself would be; `expected_total` is what to order with. ' +
    'A guest is told what the basket comes to by its `Basket-Token`; whoever orders signs in, and then limits ' +
    'of codes for each customer count as well.',
  tags,
  access: 'public',
  request: { headers, body: json(QuoteRequest) },
  responses: { 200: ok(OrderQuote, 'The totals, and the choices of shipping') },
  problems: [...refusals],
})

const place = route({
  ...verbs.creates(
    NewOrder,
    Order,
    'payment_refused',
    'plan_limit',
    'conflict',
    'basket_already_ordered',
    ...refusals,
  ),
  operationId: 'placeOrder',
  path: '/orders',
  summary: 'Order a basket: answers once stock and payment are secured',
  description:
    'An order that comes to anything but `expected_total` is refused with `basket_changed` and the new totals.',
  tags,
  access: 'customer',
})

const list = route({
  ...verbs.lists(OrderSummary, PageQuery(10, 50)),
  operationId: 'listOrders',
  path: '/orders',
  summary: 'Your orders, newest first',
  tags,
  access: 'customer',
})

const get = route({
  ...verbs.gets(params, Order),
  operationId: 'getOrder',
  path: '/orders/{id}',
  summary: 'One of your orders with its lines',
  tags,
  access: 'customer',
})

const cancel = route({
  ...verbs.acts(params, Cancellation, Order, 'conflict', 'illegal_transition'),
  operationId: 'cancelOrder',
  path: '/orders/{id}/cancel',
  summary: 'Cancel your order, within 24 hours and before it is being prepared',
  tags,
  access: 'customer',
})

export const orders: Endpoints<Ctx> = (app) => {
  app.openapi(quote, async (c) => {
    const token = c.req.valid('header')['basket-token']
    c.header('cache-control', 'private, no-store')
    return c.json(await quoteOrder(c.var.ctx, token, c.req.valid('json')), 200)
  })
  app.openapi(place, verbs.created(placeOrder))
  app.openapi(list, verbs.listed(listOrders))
  app.openapi(get, verbs.got(getOrder))
  app.openapi(cancel, verbs.updated(cancelOrder))
}
