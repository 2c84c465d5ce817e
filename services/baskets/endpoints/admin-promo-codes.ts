import { z } from '@hono/zod-openapi'
import { expectedVersions, versionTag } from '../../../shared/http/versions.ts'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { json, noContent, ok, route } from '../../../shared/http/route.ts'
import { Flag, Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { adminCreatePromoCode } from '../operations/promo-codes/admin-create.ts'
import { adminDeletePromoCode } from '../operations/promo-codes/admin-delete.ts'
import { adminGetPromoCode } from '../operations/promo-codes/admin-get.ts'
import { adminListPromoCodes } from '../operations/promo-codes/admin-list.ts'
import { adminUpdatePromoCode } from '../operations/promo-codes/admin-update.ts'
import type { Ctx } from '../needs.ts'
import { NewPromoCode, PromoCode, PromoCodeChanges, PromoCodeWithUsage } from '../shapes/promo-code.ts'

const tags = ['Admin promotion codes']
const params = z.object({ id: Id('promo') })

const list = route({
  operationId: 'adminListPromoCodes',
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
  operationId: 'adminGetPromoCode',
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
  operationId: 'adminCreatePromoCode',
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
  operationId: 'adminUpdatePromoCode',
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
  operationId: 'adminDeletePromoCode',
  method: 'delete',
  path: '/admin/promo-codes/{id}',
  summary: 'Delete a promotion code',
  tags,
  access: 'promotions.delete',
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found'],
})

export const adminPromoCodes: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => c.json(await adminListPromoCodes(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => {
    const code = await adminGetPromoCode(c.var.ctx, c.req.valid('param').id)
    c.header('etag', versionTag(code.version))
    return c.json(code, 200)
  })
  app.openapi(create, async (c) => {
    const code = await adminCreatePromoCode(c.var.ctx, c.req.valid('json'))
    c.header('etag', versionTag(code.version))
    return c.json(code, 201)
  })
  app.openapi(update, async (c) => {
    const { id } = c.req.valid('param')
    const code = await adminUpdatePromoCode(c.var.ctx, id, expectedVersions(c), c.req.valid('json'))
    c.header('etag', versionTag(code.version))
    return c.json(code, 200)
  })
  app.openapi(remove, async (c) => {
    await adminDeletePromoCode(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
}
