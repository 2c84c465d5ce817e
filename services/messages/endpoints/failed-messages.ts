import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { deleteFailedMessage, getFailedMessage, listFailedMessages } from '../operations/failed-messages.ts'
import { retryFailedMessage, retryFailedMessages } from '../operations/retry-failed.ts'
import type { Ctx } from '../needs.ts'
import {
  FailedMessage,
  FailedMessageDetails,
  filters,
  RetriedMany,
  RetryOfMany,
} from '../shapes/failed-message.ts'

const tags = ['Messages']
const params = z.object({ id: Id('fail') })

const list = route({
  operationId: 'listFailedMessages',
  method: 'get',
  path: '/admin/messages/failed',
  summary: 'Events that a consumer could not apply, last failed first',
  tags,
  access: 'messages.view',
  request: { query: z.object({ ...PageQuery(), ...filters }) },
  responses: { 200: ok(Page(FailedMessage), 'A page of failed messages') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getFailedMessage',
  method: 'get',
  path: '/admin/messages/failed/{id}',
  summary: 'One failed message with its payload',
  tags,
  access: 'messages.view',
  request: { params },
  responses: { 200: ok(FailedMessageDetails, 'The message') },
  problems: ['not_found'],
})

const retry = route({
  operationId: 'retryFailedMessage',
  method: 'post',
  path: '/admin/messages/failed/{id}/retry',
  summary: 'Send an event to its consumer once more',
  tags,
  access: 'messages.manage',
  request: { params },
  responses: { 200: ok(FailedMessageDetails, 'The message, being retried') },
  problems: ['not_found', 'conflict', 'illegal_transition', 'unavailable'],
})

const retryMany = route({
  operationId: 'retryFailedMessages',
  method: 'post',
  path: '/admin/messages/failed/retry',
  summary: 'Send many failed events once more, oldest first; unreadable ones are left out',
  tags,
  access: 'messages.manage',
  request: { body: json(RetryOfMany) },
  responses: { 200: ok(RetriedMany, 'How many are being retried') },
  problems: ['conflict', 'unavailable'],
})

const remove = route({
  operationId: 'deleteFailedMessage',
  method: 'delete',
  path: '/admin/messages/failed/{id}',
  summary: 'Forget a failed message: its consumer will never apply it',
  tags,
  access: 'messages.manage',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found'],
})

export const failedMessages: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await listFailedMessages(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await getFailedMessage(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(retryMany, async (c) => c.json(await retryFailedMessages(c.var.ctx, c.req.valid('json')), 200))
  app.openapi(retry, async (c) => c.json(await retryFailedMessage(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(remove, async (c) => {
    await deleteFailedMessage(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
