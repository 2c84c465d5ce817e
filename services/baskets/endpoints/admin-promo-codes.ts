import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../../shared/http/pagination.ts'
import { route } from '../../../shared/http/route.ts'
import { Flag, Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
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
  ...verbs.lists(PromoCode, {
    code: z.string().min(1).max(50).optional().openapi({ description: 'How the code begins, in any case' }),
    is_active: Flag.optional(),
    ...PageQuery(15),
  }),
  operationId: 'adminListPromoCodes',
  path: '/admin/promo-codes',
  summary: 'List the promotion codes with their uses, newest first',
  tags,
  access: 'promotions.view',
})

const get = route({
  ...verbs.gets(params, PromoCodeWithUsage),
  operationId: 'adminGetPromoCode',
  path: '/admin/promo-codes/{id}',
  summary: 'A promotion code and who uses it',
  tags,
  access: 'promotions.view',
})

const create = route({
  ...verbs.creates(NewPromoCode, PromoCode, 'already_exists'),
  operationId: 'adminCreatePromoCode',
  path: '/admin/promo-codes',
  summary: 'Add a promotion code: a percentage, a fixed amount, or free shipping',
  tags,
  access: 'promotions.create',
})

const update = route({
  ...verbs.updatesVersion(params, PromoCodeChanges, PromoCode, 'already_exists'),
  operationId: 'adminUpdatePromoCode',
  path: '/admin/promo-codes/{id}',
  summary: 'Change a promotion code; baskets that hold it follow, orders keep what they were given',
  tags,
  access: 'promotions.update',
})

const remove = route({
  ...verbs.deletes(params),
  operationId: 'adminDeletePromoCode',
  path: '/admin/promo-codes/{id}',
  summary: 'Delete a promotion code',
  tags,
  access: 'promotions.delete',
})

export const adminPromoCodes: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(adminListPromoCodes))
  app.openapi(get, verbs.got(adminGetPromoCode))
  app.openapi(create, verbs.created(adminCreatePromoCode))
  app.openapi(update, verbs.updatedVersion(adminUpdatePromoCode))
  app.openapi(remove, verbs.deleted(adminDeletePromoCode))
}
