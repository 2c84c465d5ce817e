import { z } from '@hono/zod-openapi'
import { route } from '../../../shared/http/route.ts'
import { Line } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import type { Ctx } from '../needs.ts'
import { adminCreateShippingMethod } from '../operations/shipping-methods/admin-create.ts'
import { adminDeleteShippingMethod } from '../operations/shipping-methods/admin-delete.ts'
import { adminGetShippingMethod } from '../operations/shipping-methods/admin-get.ts'
import { adminListShippingMethods } from '../operations/shipping-methods/admin-list.ts'
import { adminUpdateShippingMethod } from '../operations/shipping-methods/admin-update.ts'
import { listShippingMethods } from '../operations/shipping-methods/list.ts'
import {
  AdminShippingMethod,
  NewShippingMethod,
  ShippingMethod,
  ShippingMethodChanges,
} from '../shapes/shipping-method.ts'

const tags = ['Shipping methods']
const adminTags = ['Admin shipping methods']
const params = z.object({ code: Line(50).openapi({ example: 'standard' }) })

const list = route({
  ...verbs.lists(ShippingMethod),
  operationId: 'listShippingMethods',
  path: '/shipping-methods',
  summary: 'How an order can be sent, cheapest first',
  tags,
  access: 'public',
  cached: 60,
})

const listAll = route({
  ...verbs.lists(AdminShippingMethod),
  operationId: 'adminListShippingMethods',
  path: '/admin/shipping-methods',
  summary: 'All shipping methods, also those not offered now',
  tags: adminTags,
  access: 'settings.view',
})

const get = route({
  ...verbs.gets(params, AdminShippingMethod),
  operationId: 'adminGetShippingMethod',
  path: '/admin/shipping-methods/{code}',
  summary: 'One shipping method',
  tags: adminTags,
  access: 'settings.view',
})

const create = route({
  ...verbs.creates(NewShippingMethod, AdminShippingMethod, 'already_exists'),
  operationId: 'adminCreateShippingMethod',
  path: '/admin/shipping-methods',
  summary: 'Offer another shipping method',
  tags: adminTags,
  access: 'settings.update',
})

const update = route({
  ...verbs.updatesVersion(params, ShippingMethodChanges, AdminShippingMethod),
  operationId: 'adminUpdateShippingMethod',
  path: '/admin/shipping-methods/{code}',
  summary: 'Change a shipping method; orders keep what they were placed with',
  tags: adminTags,
  access: 'settings.update',
})

const remove = route({
  ...verbs.deletes(params),
  operationId: 'adminDeleteShippingMethod',
  path: '/admin/shipping-methods/{code}',
  summary: 'Delete a shipping method',
  tags: adminTags,
  access: 'settings.update',
})

export const shippingMethods: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(listShippingMethods))
  app.openapi(listAll, verbs.listed(adminListShippingMethods))
  app.openapi(get, verbs.got(adminGetShippingMethod, 'code'))
  app.openapi(create, verbs.created(adminCreateShippingMethod))
  app.openapi(update, verbs.updatedVersion(adminUpdateShippingMethod, 'code'))
  app.openapi(remove, verbs.deleted(adminDeleteShippingMethod, 'code'))
}
