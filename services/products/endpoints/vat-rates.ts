import { z } from '@hono/zod-openapi'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { publicJson } from '../../../shared/http/caching.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
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
  operationId: 'listVatRates',
  method: 'get',
  path: '/vat-rates',
  summary: 'List the VAT rates, lowest first',
  tags,
  access: 'public',
  request: { query: z.object(PageQuery()) },
  responses: { 200: ok(Page(VatRate), 'A page of rates') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getVatRate',
  method: 'get',
  path: '/vat-rates/{id}',
  summary: 'One VAT rate',
  tags,
  access: 'public',
  request: { params },
  responses: { 200: ok(VatRate, 'The rate') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'adminCreateVatRate',
  method: 'post',
  path: '/admin/vat-rates',
  summary: 'Add a VAT rate',
  tags: adminTags,
  access: 'products.create',
  idempotent: true,
  request: { body: json(NewVatRate) },
  responses: { 201: ok(VatRate, 'The new rate') },
  problems: ['already_exists'],
})

const update = route({
  operationId: 'adminUpdateVatRate',
  method: 'patch',
  path: '/admin/vat-rates/{id}',
  summary: 'Change a VAT rate: baskets follow, orders keep theirs. The default stays it until another one is',
  tags: adminTags,
  access: 'products.update',
  request: { params, body: json(VatRateChanges) },
  responses: { 200: ok(VatRate, 'The rate as it is now') },
  problems: ['not_found', 'already_exists', 'in_use'],
})

const remove = route({
  operationId: 'adminDeleteVatRate',
  method: 'delete',
  path: '/admin/vat-rates/{id}',
  summary: 'Delete a VAT rate that no product has and that isn’t the default',
  tags: adminTags,
  access: 'products.delete',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found', 'in_use'],
})

export const vatRates: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => publicJson(c, await listVatRates(c.var.ctx, c.req.valid('query'))))
  app.openapi(get, async (c) => publicJson(c, await getVatRate(c.var.ctx, c.req.valid('param').id)))
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
