import { z } from '@hono/zod-openapi'
import { Email, Id, Instant, LanguageTag, Line } from '../../../shared/http/schemas.ts'
import { normal } from '../../../shared/kernel/text.ts'
import { planNames } from '../../../shared/kernel/plans.ts'
import { STEPS } from '../domain/steps.ts'

export const REGIONS = ['us-east', 'us-west', 'eu-west', 'eu-central', 'apac'] as const

/** Letters and digits of any script with their marks, spaces and what company names are written with. */
export const CompanyName = z.string().max(400).overwrite(asWritten).min(1).max(100)
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}\p{M}\u200c\u200d \p{Pd}\p{Pi}\p{Pf}„"״׳.,&'()+/!·・:@#]*$/u,
    'must be letters, digits and spaces',
  )
  // A character of Chinese, Japanese or Korean is a word.
  .regex(
    /^.{3}|^(?=.*[\p{Ideographic}\p{sc=Hangul}\p{sc=Katakana}\p{sc=Hiragana}])/u,
    'must be 3 characters or more',
  )
  .openapi({ type: 'string', minLength: 1, maxLength: 100, example: 'ABC Corporation' })

export const Subdomain = z.string().regex(
  /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
  'must be 3 to 63 lower-case letters, digits or hyphens',
)
  .openapi({ example: 'abc' })

/** In any script and case; stored as browsers send it, in ASCII (UTS 46). */
export const Domain = z.string().max(253).overwrite(asHost).max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]{2,63}$/, 'must be a domain name')
  .openapi({ type: 'string', minLength: 4, maxLength: 253, example: 'shop.example.com' })

export const Currency = z.string().regex(/^[A-Z]{3}$/).refine(
  (code) => Intl.supportedValuesOf('currency').includes(code),
  'must be an ISO 4217 code',
)
  .openapi({ type: 'string', example: 'EUR' })

export const Locale = LanguageTag(20)

export const Timezone = z.string().max(64).refine(isTimezone, 'must be an IANA time zone').openapi({
  type: 'string',
  example: 'Europe/Paris',
})

export const NewTenant = z.strictObject({
  company_name: CompanyName,
  plan: z.enum(planNames).default('standard'),
  billing_period: z.enum(['monthly', 'annual']).default('monthly'),
  region: z.enum(REGIONS).optional(),
  billing_email: Email.optional(),
  subdomain: Subdomain.optional(),
  domain: Domain.optional().openapi({
    description: 'A domain of the merchant’s own; else <subdomain>.<platform domain>',
  }),
  locale: Locale.default('en'),
  timezone: Timezone.default('UTC'),
  currency: Currency.default('EUR'),
  prices_include_vat: z.boolean().default(true).openapi({
    description:
      'Whether the prices this shop enters include VAT: true for shops of consumers, false between businesses',
  }),
  owner: z.strictObject({
    email: Email,
    first_name: Line(255).openapi({ example: 'Alice' }),
    last_name: Line(255).openapi({ example: 'Martin' }),
  }).openapi({ description: 'The first person of the shop, who is then invited' }),
}).openapi('NewTenant')
export type NewTenant = z.infer<typeof NewTenant>

export const WebsiteSummary = z.object({
  id: Id('site'),
  name: z.string(),
  domain: z.string(),
  status: z.string(),
  locale: z.string(),
  currency: z.string(),
  prices_include_vat: z.boolean(),
  activated_at: Instant.nullable(),
}).openapi('WebsiteSummary')

export const ProvisioningState = z.object({
  id: Id('prov'),
  kind: z.enum(['create', 'remove']),
  status: z.enum(['running', 'rolling_back', 'done', 'failed']),
  steps: z.array(
    z.object({ name: z.enum(STEPS), status: z.enum(['done', 'undone']), ms: z.int(), finished_at: Instant }),
  ),
  attempts: z.int(),
  error: z.string().nullable(),
  created_at: Instant,
  finished_at: Instant.nullable(),
}).openapi('Provisioning')

export const TenantView = z.object({
  id: z.string().openapi({ example: 'abc-corporation-7f3a9c' }),
  company_name: z.string(),
  billing_email: z.string(),
  plan: z.enum(planNames),
  billing_period: z.enum(['monthly', 'annual']),
  region: z.string(),
  status: z.enum(['provisioning', 'active', 'failed', 'deprovisioning']),
  subscription_id: z.string().nullable(),
  websites: z.array(WebsiteSummary),
  provisioning: ProvisioningState.nullable(),
  created_at: Instant,
}).openapi('Tenant')
export type TenantView = z.infer<typeof TenantView>

/** Shown once, to whoever hands it on to the owner. */
export const OwnerInvitation = z.object({
  email: z.string().openapi({ example: 'alice@example.com' }),
  domain: z.string().openapi({ description: 'Where to accept it: POST /v1/auth/invitations/accept' }),
  token: z.string(),
  expires_at: Instant,
}).openapi('OwnerInvitation')
export type OwnerInvitation = z.infer<typeof OwnerInvitation>

/** Composed (NFC), without what nobody sees; joiners stay between letters that they join. */
function asWritten(name: string): string {
  return normal(name).replace(/(?<![\p{L}\p{M}])[\u200c\u200d]+|[\u200c\u200d]+(?!\p{L})/gu, '')
    .replace(/(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}+/gu, '').replace(/[\p{Zs}\t]+/gu, ' ').trim()
}

/** Empty for what is no host name. */
function asHost(text: string): string {
  const name = text.trim().replace(/\.$/, '')
  if (/[\s/?#@:\\[\]%]/.test(name)) return ''
  return URL.canParse(`http://${name}`) ? new URL(`http://${name}`).hostname : ''
}

/** Empty for what is no language tag. */
function isTimezone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}

export const TenantStatusChange = z.strictObject({
  status: z.enum(['active', 'inactive', 'maintenance', 'suspended']),
  reason: z.enum(['payment', 'terms', 'security']).nullable().default(null),
}).openapi('TenantStatusChange')
export type TenantStatusChange = z.infer<typeof TenantStatusChange>
