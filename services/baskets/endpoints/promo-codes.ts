import { z } from '@hono/zod-openapi'
import { json, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { applyPromoCode } from '../operations/promo-codes/apply.ts'
import { removePromoCode } from '../operations/promo-codes/remove.ts'
import { validatePromoCode } from '../operations/promo-codes/validate.ts'
import type { Ctx } from '../needs.ts'
import { Basket, CheckedPromoCode, PromoCodeText } from '../shapes/basket.ts'
import { answerHeaders, guestKey, headers, showAnswer, tokenOf } from './token.ts'

const tags = ['Basket']
const params = z.object({ id: Id('promo') })
const answer = { ...ok(Basket, 'The whole basket, at the prices of now'), headers: answerHeaders }

const apply = route({
  operationId: 'applyPromoCode',
  method: 'post',
  path: '/baskets/promo-codes',
  summary: 'Apply a promotion code to the basket',
  tags,
  access: 'public',
  idempotent: guestKey,
  request: { headers, body: json(PromoCodeText) },
  responses: { 200: answer },
  problems: ['promo_code_refused', 'basket_empty', 'conflict', 'upstream_failed', 'upstream_timeout'],
})

const remove = route({
  operationId: 'removePromoCode',
  method: 'delete',
  path: '/baskets/promo-codes/{id}',
  summary: 'Take a promotion code off the basket',
  tags,
  access: 'public',
  request: { params, headers },
  responses: { 200: answer },
  problems: ['not_found', 'conflict', 'upstream_failed', 'upstream_timeout'],
})

const validate = route({
  operationId: 'validatePromoCode',
  method: 'post',
  path: '/promo-codes/validate',
  summary: 'What a promotion code would do, without applying it',
  description:
    'A code that does not exist, has ended or is used up is refused in one and the same way, and guesses are limited.',
  tags,
  access: 'public',
  request: { headers, body: json(PromoCodeText) },
  responses: { 200: ok(CheckedPromoCode, 'What it would do to the basket of the caller') },
  problems: ['promo_code_refused', 'conflict', 'upstream_failed', 'upstream_timeout'],
})

export const promoCodes: Endpoints<Ctx> = (app) => {
  app.openapi(
    apply,
    async (c) => showAnswer(c, await applyPromoCode(c.var.ctx, tokenOf(c), c.req.valid('json').code)),
  )
  app.openapi(
    remove,
    async (c) => showAnswer(c, await removePromoCode(c.var.ctx, tokenOf(c), c.req.valid('param').id)),
  )
  app.openapi(validate, async (c) => {
    c.header('cache-control', 'private, no-store')
    return c.json(await validatePromoCode(c.var.ctx, tokenOf(c), c.req.valid('json').code), 200)
  })
}
