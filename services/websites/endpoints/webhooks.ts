import { json, ok, route } from '../../../shared/http/route.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { createSubscription } from '../operations/subscriptions/create.ts'
import type { Ctx } from '../needs.ts'
import { SubscriptionAnswer, SubscriptionCreated } from '../shapes/subscription.ts'

const subscriptionCreated = route({
  operationId: 'createSubscription',
  method: 'post',
  path: '/provisioning/webhooks/subscription-created',
  summary: 'The billing system tells of a new subscription: its shop is made, once',
  tags: ['Provisioning'],
  access: 'webhook',
  request: { body: json(SubscriptionCreated) },
  responses: { 202: ok(SubscriptionAnswer, 'The shop of this subscription') },
  problems: ['already_exists'],
})

export const webhooks: Endpoints<Ctx> = (app) => {
  app.openapi(subscriptionCreated, async (c) => {
    return c.json(await createSubscription(c.var.ctx, c.req.valid('json')), 202)
  })
}
