import { z } from '@hono/zod-openapi'
import { ok, route } from '../../../shared/http/route.ts'
import { Line } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { getQueue, listQueues } from '../operations/queues.ts'
import type { Ctx } from '../needs.ts'
import { Queue } from '../shapes/queue.ts'

const tags = ['Queues']

const list = route({
  operationId: 'listQueues',
  method: 'get',
  path: '/admin/queues',
  summary: 'The consumers of the shop’s events and how far they are',
  tags,
  access: 'messages.view',
  responses: { 200: ok(z.object({ data: z.array(Queue) }), 'All queues') },
  problems: ['unavailable'],
})

const get = route({
  operationId: 'getQueue',
  method: 'get',
  path: '/admin/queues/{name}',
  summary: 'One consumer of the shop’s events',
  tags,
  access: 'messages.view',
  request: { params: z.object({ name: Line(100).openapi({ example: 'products__commit-reservation' }) }) },
  responses: { 200: ok(Queue, 'The queue') },
  problems: ['not_found', 'unavailable'],
})

export const queues: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await listQueues(c.var.ctx), 200))
  app.openapi(get, async (c) => c.json(await getQueue(c.var.ctx, c.req.valid('param').name), 200))
}
