import { z } from '@hono/zod-openapi'
import { ok, route } from '../../../shared/http/route.ts'
import { Line } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import type { Ctx } from '../needs.ts'
import { adminGetQueue } from '../operations/queues/admin-get.ts'
import { adminListQueues } from '../operations/queues/admin-list.ts'
import { AdminQueue } from '../shapes/queue.ts'

const tags = ['Admin queues']

const list = route({
  operationId: 'adminListQueues',
  method: 'get',
  path: '/admin/queues',
  summary: 'The consumers of the shop’s events and how far they are',
  tags,
  access: 'messages.view',
  responses: { 200: ok(z.object({ data: z.array(AdminQueue) }), 'All queues') },
  problems: ['unavailable'],
})

const get = route({
  ...verbs.gets(
    z.object({ name: Line(100).openapi({ example: 'products__commit-reservation' }) }),
    AdminQueue,
    'unavailable',
  ),
  operationId: 'adminGetQueue',
  path: '/admin/queues/{name}',
  summary: 'One consumer of the shop’s events',
  tags,
  access: 'messages.view',
})

export const queues: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await adminListQueues(c.var.ctx), 200))
  app.openapi(get, verbs.got(adminGetQueue, 'name'))
}
