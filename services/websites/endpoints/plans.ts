import { z } from '@hono/zod-openapi'
import { ok, route } from '../../../shared/http/route.ts'
import { Money, orNull } from '../../../shared/http/schemas.ts'
import { money } from '../../../shared/kernel/money.ts'
import { planNames, plans as known } from '../../../shared/kernel/plans.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import type { Ctx } from '../needs.ts'

const Plan = z.object({
  name: z.enum(planNames),
  price_monthly: Money,
  price_annual: orNull(Money),
  max_sites: z.int(),
  max_custom_domains: z.int(),
  max_products: z.int().nullable().openapi({ description: 'null: unlimited' }),
  max_orders_per_month: z.int().nullable().openapi({ description: 'null: unlimited' }),
  requests_per_minute: z.int(),
}).openapi('Plan')

const list = route({
  operationId: 'listPlans',
  method: 'get',
  path: '/plans',
  summary: 'The plans and what they include',
  tags: ['Plans'],
  access: 'public',
  cached: 3600,
  responses: { 200: ok(z.object({ data: z.array(Plan) }), 'All plans') },
})

export const plans: Endpoints<Ctx> = (app) => {
  app.openapi(list, (c) => c.json({ data: planNames.map(show) }, 200))
}

function show(name: (typeof planNames)[number]): z.infer<typeof Plan> {
  const { price_monthly, price_annual, max_connections: _, ...plan } = known[name]
  return {
    ...plan,
    price_monthly: money(price_monthly, 'EUR'),
    price_annual: price_annual === null ? null : money(price_annual, 'EUR'),
  }
}
