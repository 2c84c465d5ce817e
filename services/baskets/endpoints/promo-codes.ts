import { z } from '@hono/zod-openapi'
import { expectedVersion, versionTag } from '../../../shared/http/caching.ts'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Flag, Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import {
  changePromoCode,
  createPromoCode,
  deletePromoCode,
  getPromoCode,
  listPromoCodes,
} from '../operations/promo-codes.ts'
import type { Ctx } from '../needs.ts'
import { NewPromoCode, PromoCode, PromoCodeChanges, PromoCodeWithUsage } from '../shapes/promo-code.ts'

const tags = ['Promotion codes (staff)']
const params = z.object({ id: Id('promo') })

const list = route({
  operationId: 'listPromoCodes',
  method: 'get',
  path: '/admin/promo-codes',
  summary: 'List the promotion codes with their uses, newest first',
  tags,
  access: 'promotions.view',
  request: {
    query: z.object({
      code: z.string().min(1).max(50).optional().openapi({ description: 'How the code begins, in any case' }),
      is_active: Flag.optional(),
      ...PageQuery(15),
    }),
  },
  responses: { 200: ok(Page(PromoCode), 'A page of codes') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getPromoCode',
  method: 'get',
  path: '/admin/promo-codes/{id}',
  summary: 'A promotion code and who uses it',
  tags,
  access: 'promotions.view',
  request: { params },
  responses: { 200: ok(PromoCodeWithUsage, 'The code') },
  problems: ['not_found'],
})

const create = route({
  operationId: 'createPromoCode',
  method: 'post',
  path: '/admin/promo-codes',
  summary: 'Add a promotion code: a percentage, a fixed amount, or free shipping',
  tags,
  access: 'promotions.create',
  idempotent: true,
  request: { body: json(NewPromoCode) },
  responses: { 201: ok(PromoCode, 'The new code') },
  problems: ['already_exists'],
})

const update = route({
  operationId: 'updatePromoCode',
  method: 'patch',
  path: '/admin/promo-codes/{id}',
  summary: 'Change a promotion code; baskets that hold it follow, orders keep what they were given',
  tags,
  access: 'promotions.update',
  request: { params, body: json(PromoCodeChanges) },
  responses: { 200: ok(PromoCode, 'The code as it is now') },
  problems: ['not_found', 'already_exists', 'precondition_required', 'precondition_failed'],
})

const remove = route({
  operationId: 'deletePromoCode',
  method: 'delete',
  path: '/admin/promo-codes/{id}',
  summary: 'Delete a promotion code',
  tags,
  access: 'promotions.delete',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found'],
})

export const promoCodes: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await listPromoCodes(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => {
    const code = await getPromoCode(c.var.ctx, c.req.valid('param').id)
    c.header('etag', versionTag(code.version))
    return c.json(code, 200)
  })
  app.openapi(create, async (c) => {
    const code = await createPromoCode(c.var.ctx, c.req.valid('json'))
    c.header('etag', versionTag(code.version))
    return c.json(code, 201)
  })
  app.openapi(update, async (c) => {
    const { id } = c.req.valid('param')
    const code = await changePromoCode(c.var.ctx, id, expectedVersion(c), c.req.valid('json'))
    c.header('etag', versionTag(code.version))
    return c.json(code, 200)
  })
  app.openapi(remove, async (c) => {
    await deletePromoCode(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
