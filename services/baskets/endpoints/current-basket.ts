import { z } from '@hono/zod-openapi'
import { json, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { addItem } from '../operations/baskets/add-item.ts'
import { clearBasket } from '../operations/baskets/clear.ts'
import { getBasket } from '../operations/baskets/get.ts'
import { mergeBasket } from '../operations/baskets/merge.ts'
import { removeItem } from '../operations/baskets/remove-item.ts'
import { resumeBasket } from '../operations/baskets/resume.ts'
import { saveBasket } from '../operations/baskets/save.ts'
import { updateItem } from '../operations/baskets/update-item.ts'
import type { Ctx } from '../needs.ts'
import { Basket, BasketItemQuantity, NewBasketItem } from '../shapes/basket.ts'
import { answerHeaders, guestKey, headers, showAnswer, tokenOf } from './token.ts'

const tags = ['Basket']
const params = z.object({ id: Id('bli') })
const answer = { ...ok(Basket, 'The whole basket, at the prices of now'), headers: answerHeaders }

const get = route({
  operationId: 'getBasket',
  method: 'get',
  path: '/baskets/current',
  summary: 'The basket of the account, or of the guest who holds its token',
  tags,
  access: 'public',
  request: { headers },
  responses: { 200: answer },
  problems: ['upstream_failed', 'upstream_timeout'],
})

const clear = route({
  operationId: 'clearBasket',
  method: 'delete',
  path: '/baskets/current',
  summary: 'Take everything out of the basket, codes too',
  tags,
  access: 'public',
  request: { headers },
  responses: { 200: answer },
  problems: ['conflict', 'upstream_failed', 'upstream_timeout'],
})

const add = route({
  operationId: 'addBasketItem',
  method: 'post',
  path: '/baskets/items',
  summary: 'Put a variant into the basket, or more of it; at the price of the catalogue',
  tags,
  access: 'public',
  idempotent: guestKey,
  request: { headers, body: json(NewBasketItem) },
  responses: { 200: answer },
  problems: ['not_purchasable', 'out_of_stock', 'conflict', 'upstream_failed', 'upstream_timeout'],
})

const update = route({
  operationId: 'updateBasketItem',
  method: 'put',
  path: '/baskets/items/{id}',
  summary: 'Change how many of a line are wanted',
  tags,
  access: 'public',
  request: { params, headers, body: json(BasketItemQuantity) },
  responses: { 200: answer },
  problems: [
    'not_found',
    'not_purchasable',
    'out_of_stock',
    'conflict',
    'upstream_failed',
    'upstream_timeout',
  ],
})

const remove = route({
  operationId: 'removeBasketItem',
  method: 'delete',
  path: '/baskets/items/{id}',
  summary: 'Take a line out of the basket',
  tags,
  access: 'public',
  request: { params, headers },
  responses: { 200: answer },
  problems: ['not_found', 'conflict', 'upstream_failed', 'upstream_timeout'],
})

const save = route({
  operationId: 'saveBasket',
  method: 'post',
  path: '/baskets/current/save',
  summary: 'Put the basket aside for later and begin an empty one',
  tags,
  access: 'customer',
  idempotent: true,
  responses: { 200: answer },
  problems: ['basket_empty', 'illegal_transition', 'conflict', 'upstream_failed', 'upstream_timeout'],
})

const resume = route({
  operationId: 'resumeBasket',
  method: 'post',
  path: '/baskets/current/resume',
  summary: 'Take up the basket that was saved last, in place of an empty one',
  tags,
  access: 'customer',
  idempotent: true,
  responses: { 200: answer },
  problems: ['not_found', 'conflict', 'upstream_failed', 'upstream_timeout'],
})

const merge = route({
  operationId: 'mergeBasket',
  method: 'post',
  path: '/baskets/current/merge',
  summary: 'After signing in: bring what is in the guest’s basket into the account’s',
  description:
    'To be called once, with the `Basket-Token` the guest held; the token opens nothing afterwards. ' +
    'Units of one variant are summed up, codes come along where they still hold, and the notices tell what did not. ' +
    'Nothing else merges baskets: reading and changing are about the account’s own.',
  tags,
  access: 'customer',
  idempotent: true,
  request: { headers },
  responses: { 200: answer },
  problems: ['conflict', 'upstream_failed', 'upstream_timeout'],
})

export const currentBasket: Endpoints<Ctx> = (app) => {
  app.openapi(get, async (c) => showAnswer(c, { basket: await getBasket(c.var.ctx, tokenOf(c)) }))
  app.openapi(clear, async (c) => showAnswer(c, await clearBasket(c.var.ctx, tokenOf(c))))
  app.openapi(add, async (c) => showAnswer(c, await addItem(c.var.ctx, tokenOf(c), c.req.valid('json'))))
  app.openapi(update, async (c) => {
    const { quantity } = c.req.valid('json')
    return showAnswer(c, await updateItem(c.var.ctx, tokenOf(c), c.req.valid('param').id, quantity))
  })
  app.openapi(
    remove,
    async (c) => showAnswer(c, await removeItem(c.var.ctx, tokenOf(c), c.req.valid('param').id)),
  )
  app.openapi(save, async (c) => showAnswer(c, { basket: await saveBasket(c.var.ctx) }))
  app.openapi(resume, async (c) => showAnswer(c, { basket: await resumeBasket(c.var.ctx) }))
  app.openapi(merge, async (c) => showAnswer(c, { basket: await mergeBasket(c.var.ctx, tokenOf(c)) }))
}
