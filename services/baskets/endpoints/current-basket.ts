import { z } from '@hono/zod-openapi'
import { json, ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { addItem, changeItem, clearCurrent, readCurrent, removeItem } from '../operations/current-basket.ts'
import { resumeSaved, saveForLater } from '../operations/save-for-later.ts'
import type { Ctx } from '../needs.ts'
import { Basket, BasketItemQuantity, NewBasketItem } from '../shapes/basket.ts'
import { answerHeaders, headers, showAnswer, tokenOf } from './token.ts'

const tags = ['Basket']
const params = z.object({ id: Id('bli') })
const answer = { ...ok(Basket, 'The whole basket, at the prices of now'), headers: answerHeaders }

const read = route({
  operationId: 'readBasket',
  method: 'get',
  path: '/baskets/current',
  summary: 'The basket of the account, or of the guest who holds its token',
  tags,
  access: 'public',
  request: { headers },
  responses: { 200: answer },
  problems: ['conflict', 'upstream_failed', 'upstream_timeout'],
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
  idempotent: { by: 'basket-token' },
  request: { headers, body: json(NewBasketItem) },
  responses: { 200: answer },
  problems: ['not_purchasable', 'out_of_stock', 'conflict', 'upstream_failed', 'upstream_timeout'],
})

const change = route({
  operationId: 'changeBasketItem',
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
  request: { headers },
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
  request: { headers },
  responses: { 200: answer },
  problems: ['not_found', 'conflict', 'upstream_failed', 'upstream_timeout'],
})

export const currentBasket: Endpoints<Ctx> = (app) => {
  app.openapi(read, async (c) => showAnswer(c, { basket: await readCurrent(c.var.ctx, tokenOf(c)) }))
  app.openapi(clear, async (c) => showAnswer(c, await clearCurrent(c.var.ctx, tokenOf(c))))
  app.openapi(add, async (c) => showAnswer(c, await addItem(c.var.ctx, tokenOf(c), c.req.valid('json'))))
  app.openapi(change, async (c) => {
    const { quantity } = c.req.valid('json')
    return showAnswer(c, await changeItem(c.var.ctx, tokenOf(c), c.req.valid('param').id, quantity))
  })
  app.openapi(
    remove,
    async (c) => showAnswer(c, await removeItem(c.var.ctx, tokenOf(c), c.req.valid('param').id)),
  )
  app.openapi(save, async (c) => showAnswer(c, { basket: await saveForLater(c.var.ctx, tokenOf(c)) }))
  app.openapi(resume, async (c) => showAnswer(c, { basket: await resumeSaved(c.var.ctx, tokenOf(c)) }))
}
