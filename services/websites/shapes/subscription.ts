import { z } from '@hono/zod-openapi'
import { Email, Line } from '../../../shared/http/schemas.ts'
import { planNames } from '../../../shared/kernel/plans.ts'
import { CompanyName, REGIONS } from './tenant.ts'

/** What the billing system sends when a client has subscribed. Fields we don't know are its own business. */
export const SubscriptionCreated = z.object({
  event: z.literal('subscription.created'),
  data: z.object({
    subscription_id: z.string().regex(/^[\w-]{3,100}$/).openapi({ example: 'sub_1NqYbT2eZvKYlo2C' }),
    customer: z.object({ name: CompanyName, email: Email, billing_email: Email.optional() }),
    plan: z.object({
      tier: z.enum(planNames),
      price: z.number().nonnegative().optional(),
      currency: z.string().length(3).optional(),
      billing_period: z.enum(['monthly', 'annual']).default('monthly'),
    }),
    metadata: z.object({
      company_size: Line(100).optional(),
      industry: Line(100).optional(),
      region: z.enum(REGIONS).optional(),
    }).default({}),
  }),
}).openapi('SubscriptionCreated')
export type SubscriptionCreated = z.infer<typeof SubscriptionCreated>

export const SubscriptionAnswer = z.object({
  tenant_id: z.string(),
  created: z.boolean().openapi({ description: 'false: this subscription had its shop already' }),
}).openapi('SubscriptionAnswer')
