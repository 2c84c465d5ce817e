import { z } from '@hono/zod-openapi'
import { route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
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
  ...verbs.lists(VatRate),
  operationId: 'listVatRates',
  path: '/vat-rates',
  summary: 'List the VAT rates, lowest first',
  tags,
  access: 'public',
  cached: 60,
})

const get = route({
  ...verbs.gets(params, VatRate),
  operationId: 'getVatRate',
  path: '/vat-rates/{id}',
  summary: 'One VAT rate',
  tags,
  access: 'public',
  cached: 60,
})

const create = route({
  ...verbs.creates(NewVatRate, VatRate, 'already_exists'),
  operationId: 'adminCreateVatRate',
  path: '/admin/vat-rates',
  summary: 'Add a VAT rate',
  tags: adminTags,
  access: 'products.create',
})

const update = route({
  ...verbs.updates(params, VatRateChanges, VatRate, 'already_exists', 'in_use'),
  operationId: 'adminUpdateVatRate',
  path: '/admin/vat-rates/{id}',
  summary: 'Change a VAT rate: baskets follow, orders keep theirs. The default stays it until another one is',
  tags: adminTags,
  access: 'products.update',
})

const remove = route({
  ...verbs.deletes(params, 'in_use'),
  operationId: 'adminDeleteVatRate',
  path: '/admin/vat-rates/{id}',
  summary: 'Delete a VAT rate that no product has and that isn’t the default',
  tags: adminTags,
  access: 'products.delete',
})

export const vatRates: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(listVatRates))
  app.openapi(get, verbs.got(getVatRate))
  app.openapi(create, verbs.created(adminCreateVatRate))
  app.openapi(update, verbs.updated(adminUpdateVatRate))
  app.openapi(remove, verbs.deleted(adminDeleteVatRate))
}
