import { z } from '@hono/zod-openapi'
import { route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import { creates, deletes, gets, lists, updates } from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminCreateVatRate } from '../operations/vat-rates/admin-create.ts'
import { adminDeleteVatRate } from '../operations/vat-rates/admin-delete.ts'
import { adminUpdateVatRate } from '../operations/vat-rates/admin-update.ts'
import { getVatRate } from '../operations/vat-rates/get.ts'
import { listVatRates } from '../operations/vat-rates/list.ts'
import type { Ctx } from '../needs.ts'
import { NewVatRate, VatRate, VatRateChanges } from '../shapes/vat-rate.ts'

const tags = ['VAT rates']
const adminTags = ['Admin VAT rates']
const params = z.object({ id: Id('vat') })

const list = route({
  ...lists(VatRate),
  operationId: 'listVatRates',
  path: '/vat-rates',
  summary: 'List the VAT rates, lowest first',
  tags,
  access: 'public',
  cached: 60,
})

const get = route({
  ...gets(params, VatRate),
  operationId: 'getVatRate',
  path: '/vat-rates/{id}',
  summary: 'One VAT rate',
  tags,
  access: 'public',
  cached: 60,
})

const create = route({
  ...creates(NewVatRate, VatRate, 'already_exists'),
  operationId: 'adminCreateVatRate',
  path: '/admin/vat-rates',
  summary: 'Add a VAT rate',
  tags: adminTags,
  access: 'products.create',
})

const update = route({
  ...updates(params, VatRateChanges, VatRate, 'already_exists', 'in_use'),
  operationId: 'adminUpdateVatRate',
  path: '/admin/vat-rates/{id}',
  summary: 'Change a VAT rate: baskets follow, orders keep theirs. The default stays it until another one is',
  tags: adminTags,
  access: 'products.update',
})

const remove = route({
  ...deletes(params, 'in_use'),
  operationId: 'adminDeleteVatRate',
  path: '/admin/vat-rates/{id}',
  summary: 'Delete a VAT rate that no product has and that isn’t the default',
  tags: adminTags,
  access: 'products.delete',
})

export const vatRates: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await listVatRates(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await getVatRate(c.var.ctx, c.req.valid('param').id), 200))
  app.openapi(create, async (c) => c.json(await adminCreateVatRate(c.var.ctx, c.req.valid('json')), 201))
  app.openapi(
    update,
    async (c) =>
      c.json(await adminUpdateVatRate(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(remove, async (c) => {
    await adminDeleteVatRate(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
