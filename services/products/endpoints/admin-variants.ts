import { z } from '@hono/zod-openapi'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adjustStock } from '../operations/adjust-stock.ts'
import { addVariant, changeVariant, deleteVariant } from '../operations/variants.ts'
import type { Ctx } from '../needs.ts'
import { NewVariant, StaffVariant, StockChange, StockLevel, VariantChanges } from '../shapes/variant.ts'

const tags = ['Variants, staff']
const params = z.object({ id: Id('var') })

const create = route({
  operationId: 'createVariant',
  method: 'post',
  path: '/admin/products/{id}/variants',
  summary: 'Add a variant to a product',
  tags,
  access: 'products.update',
  idempotent: true,
  request: { params: z.object({ id: Id('prod') }), body: json(NewVariant) },
  responses: { 201: ok(StaffVariant, 'The new variant') },
  problems: ['not_found'],
})

const update = route({
  operationId: 'updateVariant',
  method: 'patch',
  path: '/admin/variants/{id}',
  summary: 'Change a variant: its product gets a new version',
  tags,
  access: 'products.update',
  request: { params, body: json(VariantChanges) },
  responses: { 200: ok(StaffVariant, 'The variant as it is now') },
  problems: ['not_found'],
})

const remove = route({
  operationId: 'deleteVariant',
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
  operationId: 'adjustStock',
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
    async (c) => c.json(await addVariant(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 201),
  )
  app.openapi(
    update,
    async (c) => c.json(await changeVariant(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(remove, async (c) => {
    await deleteVariant(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(
    stock,
    async (c) => c.json(await adjustStock(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
}
