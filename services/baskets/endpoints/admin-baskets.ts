import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../../shared/http/pagination.ts'
import { route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminDeleteBasket } from '../operations/baskets/admin-delete.ts'
import { adminGetBasket } from '../operations/baskets/admin-get.ts'
import { adminListBaskets } from '../operations/baskets/admin-list.ts'
import type { Ctx } from '../needs.ts'
import { AdminBasket, AdminBasketSummary, Status } from '../shapes/admin-basket.ts'

const tags = ['Admin baskets']
const params = z.object({ id: Id('bask') })

const list = route({
  ...verbs.lists(AdminBasketSummary, {
    status: Status.optional(),
    user_id: Id('user').optional(),
    ...PageQuery(15),
  }),
  operationId: 'adminListBaskets',
  path: '/admin/baskets',
  summary: 'List the baskets of the shop, newest first',
  tags,
  access: 'baskets.view',
})

const get = route({
  ...verbs.gets(params, AdminBasket, 'upstream_failed', 'upstream_timeout'),
  operationId: 'adminGetBasket',
  path: '/admin/baskets/{id}',
  summary: 'A basket as it was last changed',
  tags,
  access: 'baskets.view',
})

const remove = route({
  ...verbs.deletes(params),
  operationId: 'adminDeleteBasket',
  path: '/admin/baskets/{id}',
  summary: 'Delete a basket; whoever shopped with it begins anew',
  tags,
  access: 'baskets.delete',
})

export const adminBaskets: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(adminListBaskets))
  app.openapi(get, verbs.got(adminGetBasket))
  app.openapi(remove, verbs.deleted(adminDeleteBasket))
}
