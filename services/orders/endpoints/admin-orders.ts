import { z } from '@hono/zod-openapi'
import { ok, route } from '../../../shared/http/route.ts'
import { Id, Instant, Line } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import { versioned } from '../../../shared/http/versions.ts'
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
/** What moving money may refuse with. */
const unsettled = ['conflict', 'illegal_transition', 'upstream_failed', 'upstream_timeout'] as const

const list = route({
  ...verbs.lists(AdminOrderSummary, {
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
  ...verbs.gets(params, AdminOrder),
  operationId: 'adminGetOrder',
  path: '/admin/orders/{id}',
  summary: 'One order with its lines, history and payments',
  tags,
  access: 'orders.view',
})

const update = route({
  ...verbs.updatesVersion(params, OrderChanges, AdminOrder),
  operationId: 'adminUpdateOrder',
  path: '/admin/orders/{id}',
  summary: 'Change what staff notes on an order',
  tags,
  access: 'orders.update',
})

const remove = route({
  ...verbs.deletes(params, 'in_use', 'conflict'),
  operationId: 'adminDeleteOrder',
  path: '/admin/orders/{id}',
  summary: 'Hide an order that came to its end',
  tags,
  access: 'orders.delete',
})

const setStatus = route({
  ...verbs.acts(params, StatusChange, AdminOrder, 'conflict', 'illegal_transition'),
  operationId: 'adminUpdateOrderStatus',
  path: '/admin/orders/{id}/status',
  summary: 'Move an order along: processing, shipped, delivered',
  tags,
  access: 'orders.update',
})

const cancel = route({
  ...verbs.acts(params, Cancellation, AdminOrder, 'conflict', 'illegal_transition'),
  operationId: 'adminCancelOrder',
  path: '/admin/orders/{id}/cancel',
  summary: 'Cancel an order that has not left the house; captured money is given back',
  tags,
  access: 'orders.cancel',
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
  responses: { 200: ok(AdminOrder, 'As it is now') },
  problems: ['not_found', ...unsettled],
})

const refund = route({
  ...verbs.acts(params, NewRefund, AdminOrder, ...unsettled),
  operationId: 'adminRefundPayment',
  path: '/admin/orders/{id}/refund',
  summary: 'Give captured money back: a part of it, or all that is left',
  description:
    'All of it before the order has left makes the order `refunded`, its stock and codes free again. ' +
    'Otherwise money moves alone: goods that were sent come back as a return.',
  tags,
  access: 'orders.cancel',
})

export const adminOrders: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(adminListOrders))
  app.openapi(get, verbs.got(adminGetOrder))
  app.openapi(update, verbs.updatedVersion(adminUpdateOrder))
  app.openapi(remove, verbs.deleted(adminDeleteOrder))
  app.openapi(setStatus, verbs.updated(adminUpdateOrderStatus))
  app.openapi(cancel, verbs.updated(adminCancelOrder))
  app.openapi(
    capture,
    async (c) => versioned(c, await adminCapturePayment(c.var.ctx, c.req.valid('param').id), 200),
  )
  app.openapi(refund, verbs.updated(adminRefundPayment))
}
