import { z } from '@hono/zod-openapi'
import { planNames } from './plans.ts'

/** What the platform knows of a shop wherever a request of it runs. Travels in signed tokens. */
export const Tenant = z.object({
  /** `abc-corporation-7f3a9c` */
  id: z.string(),
  website: z.string(),
  domain: z.string(),
  region: z.string(),
  shard: z.string(),
  plan: z.enum(planNames),
  status: z.enum([
    'active',
    'inactive',
    'maintenance',
    'suspended',
    'provisioning',
    'deprovisioning',
    'failed',
  ]),
  /** BCP 47 */
  locale: z.string(),
  /** ISO 4217 */
  currency: z.string(),
  /** How the shop prices: what it enters, and what stays exact, is with VAT or without it. Never changes. */
  prices_include_vat: z.boolean(),
})
export type Tenant = z.infer<typeof Tenant>
