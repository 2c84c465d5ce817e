import { z } from '@hono/zod-openapi'
import { json, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import type { Ctx } from '../needs.ts'
import { adminDeleteFailedMessage } from '../operations/failed-messages/admin-delete.ts'
import { adminGetFailedMessage } from '../operations/failed-messages/admin-get.ts'
import { adminListFailedMessages } from '../operations/failed-messages/admin-list.ts'
import { adminRetryFailedMessages } from '../operations/failed-messages/admin-retry-many.ts'
import { adminRetryFailedMessage } from '../operations/failed-messages/admin-retry.ts'
import {
  AdminFailedMessage,
  AdminFailedMessageDetails,
  FailedMessagesRetry,
  filters,
  RetriedFailedMessages,
} from '../shapes/failed-message.ts'

const tags = ['Admin messages']
const params = z.object({ id: Id('fail') })

const list = route({
  ...verbs.lists(AdminFailedMessage, filters),
  operationId: 'adminListFailedMessages',
  path: '/admin/messages/failed',
  summary: 'Events that a consumer could not apply, last failed first',
  tags,
  access: 'messages.view',
})

const get = route({
  ...verbs.gets(params, AdminFailedMessageDetails),
  operationId: 'adminGetFailedMessage',
  path: '/admin/messages/failed/{id}',
  summary: 'One failed message with its payload',
  tags,
  access: 'messages.view',
})

const retry = route({
  operationId: 'adminRetryFailedMessage',
  method: 'post',
  path: '/admin/messages/failed/{id}/retry',
  summary: 'Send an event to its consumer once more',
  tags,
  access: 'messages.manage',
  request: { params },
  responses: { 200: ok(AdminFailedMessageDetails, 'The message, being retried') },
  problems: ['not_found', 'conflict', 'illegal_transition', 'unavailable'],
})

const retryMany = route({
  operationId: 'adminRetryFailedMessages',
  method: 'post',
  path: '/admin/messages/failed/retry',
  summary: 'Send many failed events once more, oldest first; unreadable ones are left out',
  tags,
  access: 'messages.manage',
  request: { body: json(FailedMessagesRetry) },
  responses: { 200: ok(RetriedFailedMessages, 'How many are being retried') },
  problems: ['conflict', 'unavailable'],
})

const remove = route({
  ...verbs.deletes(params),
  operationId: 'adminDeleteFailedMessage',
  path: '/admin/messages/failed/{id}',
  summary: 'Forget a failed message: its consumer will never apply it',
  tags,
  access: 'messages.manage',
})

export const failedMessages: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(adminListFailedMessages))
  app.openapi(get, verbs.got(adminGetFailedMessage))
  app.openapi(
    retryMany,
    async (c) => c.json(await adminRetryFailedMessages(c.var.ctx, c.req.valid('json')), 200),
  )
  app.openapi(
    retry,
    async (c) => c.json(await adminRetryFailedMessage(c.var.ctx, c.req.valid('param').id), 200),
  )
  app.openapi(remove, verbs.deleted(adminDeleteFailedMessage))
}
