import { z } from '@hono/zod-openapi'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
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
  operationId: 'adminCreateVariant',
  method: 'post',
  path: '/admin/products/{id}/variants',
  summary: 'Add a variant to a product',
  tags,
  access: 'products.update',
  idempotent: true,
  request: { params: z.object({ id: Id('prod') }), body: json(NewVariant) },
  responses: { 201: ok(AdminVariant, 'The new variant') },
  problems: ['not_found'],
})

const update = route({
  operationId: 'adminUpdateVariant',
  method: 'patch',
  path: '/admin/variants/{id}',
  summary: 'Change a variant: its product gets a new version',
  tags,
  access: 'products.update',
  request: { params, body: json(VariantChanges) },
  responses: { 200: ok(AdminVariant, 'The variant as it is now') },
  problems: ['not_found'],
})

const remove = route({
  operationId: 'adminDeleteVariant',
  method: 'delete',
  path: '/admin/variants/{id}',
  summary: 'Delete a variant that no pending order holds',
  tags,
  access: 'products.update',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found', 'in_use'],
})

const stock = route({
  operationId: 'adminAdjustStock',
  method: 'post',
  path: '/admin/variants/{id}/stock',
  summary: 'Set, raise or lower the stock of a variant, and say why',
  tags,
  access: 'products.update',
  idempotent: true,
  request: { params, body: json(StockChange) },
  responses: { 200: ok(StockLevel, 'The stock as it is now') },
  problems: ['not_found', 'out_of_stock'],
})

export const adminVariants: Endpoints<Ctx> = (app) => {
  app.openapi(
    create,
    async (c) =>
      c.json(await adminCreateVariant(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 201),
  )
  app.openapi(
    update,
    async (c) =>
      c.json(await adminUpdateVariant(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(remove, async (c) => {
    await adminDeleteVariant(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(
    stock,
    async (c) => c.json(await adminAdjustStock(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
}
