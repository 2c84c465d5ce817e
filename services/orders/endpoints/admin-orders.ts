import { z } from '@hono/zod-openapi'
import { json, ok, route } from '../../../shared/http/route.ts'
import { Id, Instant, Line } from '../../../shared/http/schemas.ts'
import { deletes, gets, lists, updatesVersion } from '../../../shared/http/verbs.ts'
import { expectedVersions, versioned } from '../../../shared/http/versions.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import type { Ctx } from '../needs.ts'
import { adminCancelOrder } from '../operations/orders/admin-cancel.ts'
import { adminDeleteOrder } from '../operations/orders/admin-delete.ts'
import { adminGetOrder } from '../operations/orders/admin-get.ts'
import { adminListOrders } from '../operations/orders/admin-list.ts'
import { adminUpdateOrderStatus } from '../operations/orders/admin-update-status.ts'
import { adminUpdateOrder } from '../operations/orders/admin-update.ts'
import { adminCapturePayment } from '../operations/payments/admin-capture.ts'
import { adminRefundPayment } from '../operations/payments/admin-refund.ts'
import { OrderStatusName } from '../shapes/order-status.ts'
import {
  AdminOrder,
  AdminOrderSummary,
  Cancellation,
  NewRefund,
  OrderChanges,
  StatusChange,
} from '../shapes/order.ts'

const tags = ['Admin orders']
const params = z.object({ id: Id('ord') })
const answer = { 200: ok(AdminOrder, 'The order as it is now') }

const list = route({
  ...lists(AdminOrderSummary, {
    status: OrderStatusName.optional(),
    user_id: Id('user').optional(),
    order_number: Line(24).optional().openapi({ example: 'ORD-20260131-7K2M9QXD' }),
    placed_from: Instant.optional(),
    placed_before: Instant.optional(),
    q: Line(254).optional().openapi({
      description: 'Beginning of the customer’s e-mail address',
      example: 'alice@',
    }),
  }),
  operationId: 'adminListOrders',
  path: '/admin/orders',
  summary: 'Orders of the shop, newest first',
  tags,
  access: 'orders.view',
})

const get = route({
  ...gets(params, AdminOrder),
  operationId: 'adminGetOrder',
  path: '/admin/orders/{id}',
  summary: 'One order with its lines, history and payments',
  tags,
  access: 'orders.view',
})

const update = route({
  ...updatesVersion(params, OrderChanges, AdminOrder),
  operationId: 'adminUpdateOrder',
  path: '/admin/orders/{id}',
  summary: 'Change what staff notes on an order',
  tags,
  access: 'orders.update',
})

const remove = route({
  ...deletes(params, 'in_use', 'conflict'),
  operationId: 'adminDeleteOrder',
  path: '/admin/orders/{id}',
  summary: 'Hide an order that came to its end',
  tags,
  access: 'orders.delete',
})

const setStatus = route({
  operationId: 'adminUpdateOrderStatus',
  method: 'post',
  path: '/admin/orders/{id}/status',
  summary: 'Move an order along: processing, shipped, delivered',
  tags,
  access: 'orders.update',
  idempotent: true,
  request: { params, body: json(StatusChange) },
  responses: answer,
  problems: ['not_found', 'conflict', 'illegal_transition'],
})

const cancel = route({
  operationId: 'adminCancelOrder',
  method: 'post',
  path: '/admin/orders/{id}/cancel',
  summary: 'Cancel an order that has not left the house; captured money is given back',
  tags,
  access: 'orders.cancel',
  idempotent: true,
  request: { params, body: json(Cancellation) },
  responses: answer,
  problems: ['not_found', 'conflict', 'illegal_transition'],
})

const capture = route({
  operationId: 'adminCapturePayment',
  method: 'post',
  path: '/admin/orders/{id}/capture',
  summary: 'Take the authorised payment; for manual ones: note that the money has arrived',
  tags,
  access: 'orders.update',
  idempotent: true,
  request: { params },
  responses: answer,
  problems: ['not_found', 'conflict', 'illegal_transition', 'upstream_failed', 'upstream_timeout'],
})

const refund = route({
  operationId: 'adminRefundPayment',
  method: 'post',
  path: '/admin/orders/{id}/refund',
  summary: 'Give captured money back: a part of it, or all that is left',
  description:
    'All of it before the order has left makes the order `refunded`, its stock and codes free again. ' +
    'Otherwise money moves alone: goods that were sent come back as a return.',
  tags,
  access: 'orders.cancel',
  idempotent: true,
  request: { params, body: json(NewRefund) },
  responses: answer,
  problems: ['not_found', 'conflict', 'illegal_transition', 'upstream_failed', 'upstream_timeout'],
})

export const adminOrders: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await adminListOrders(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => versioned(c, await adminGetOrder(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(update, async (c) => {
    const { id } = c.req.valid('param')
    const changes = c.req.valid('json')
    return versioned(c, await adminUpdateOrder(c.var.ctx, id, expectedVersions(c), changes), 200)
  })
  app.openapi(remove, async (c) => {
    await adminDeleteOrder(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(setStatus, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await adminUpdateOrderStatus(c.var.ctx, id, c.req.valid('json')), 200)
  })
  app.openapi(cancel, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await adminCancelOrder(c.var.ctx, id, c.req.valid('json').reason), 200)
  })
  app.openapi(
    capture,
    async (c) => c.json(await adminCapturePayment(c.var.ctx, c.req.valid('param').id), 200),
  )
  app.openapi(refund, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await adminRefundPayment(c.var.ctx, id, c.req.valid('json')), 200)
  })
}
