import { z } from '@hono/zod-openapi'
import { ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminAdjustStock } from '../operations/stock/admin-adjust.ts'
import { adminCreateVariant } from '../operations/variants/admin-create.ts'
import { adminDeleteVariant } from '../operations/variants/admin-delete.ts'
import { adminUpdateVariant } from '../operations/variants/admin-update.ts'
import type { Ctx } from '../needs.ts'
import { AdminVariant, NewVariant, StockChange, StockLevel, VariantChanges } from '../shapes/variant.ts'

const tags = ['Admin variants']
const params = z.object({ id: Id('var') })

const create = route({
  ...verbs.acts(z.object({ id: Id('prod') }), NewVariant, AdminVariant),
  operationId: 'adminCreateVariant',
  path: '/admin/products/{id}/variants',
  summary: 'Add a variant to a product',
  tags,
  access: 'products.update',
  responses: { 201: ok(AdminVariant, 'As it was made') },
})

const update = route({
  ...verbs.updates(params, VariantChanges, AdminVariant),
  operationId: 'adminUpdateVariant',
  path: '/admin/variants/{id}',
  summary: 'Change a variant: its product gets a new version',
  tags,
  access: 'products.update',
})

const remove = route({
  ...verbs.deletes(params, 'in_use'),
  operationId: 'adminDeleteVariant',
  path: '/admin/variants/{id}',
  summary: 'Delete a variant that no pending order holds',
  tags,
  access: 'products.update',
})

const stock = route({
  ...verbs.acts(params, StockChange, StockLevel, 'out_of_stock'),
  operationId: 'adminAdjustStock',
  path: '/admin/variants/{id}/stock',
  summary: 'Set, raise or lower the stock of a variant, and say why',
  tags,
  access: 'products.update',
})

export const adminVariants: Endpoints<Ctx> = (app) => {
  app.openapi(
    create,
    async (c) =>
      c.json(await adminCreateVariant(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 201),
  )
  app.openapi(update, verbs.updated(adminUpdateVariant))
  app.openapi(remove, verbs.deleted(adminDeleteVariant))
  app.openapi(stock, verbs.updated(adminAdjustStock))
}
