import { madeAt } from '../../../../shared/db/columns.ts'
import { randomBytes } from 'node:crypto'
import { isDuplicate } from '../../../../shared/db/database.ts'
import { type FieldError, Problem } from '../../../../shared/errors/problem.ts'
import { defaultSubdomain, isSubdomain, tenantId } from '../../domain/naming.ts'
import { websiteCreated } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { provisionings, subscriptions, tenants, websites } from '../../schema.ts'
import type { NewTenant } from '../../shapes/tenant.ts'
import { leaseFrom } from '../provisionings/internal.ts'
import { startProvisioning } from '../provisionings/start.ts'
import { routeOf } from '../routes/internal.ts'

export type Subscription = { subscription_id: string; metadata: Record<string, unknown> }

const MAX_NAME_TRIES = 5

/**
 * Records a new shop and the work of making it, which then begins; returns its id. Throws `already_exists` for a domain
 * or a subscription that has a shop already, `validation_failed` for what this platform can't give a shop.
 */
export async function createTenant(
  ctx: Ctx,
  input: NewTenant,
  subscription?: Subscription,
): Promise<string> {
  const errors = refusals(ctx, input)
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors })
  for (let attempt = 0;; attempt++) {
    const id = tenantId(input.company_name, randomBytes(3).toString('hex'))
    try {
      await record(ctx, input, id, attempt, subscription)
      return id
    } catch (error) {
      if (!isDuplicate(error)) throw error
      if (isDuplicate(error, 'subscriptions_subscription')) {
        throw new Problem('already_exists', 'This subscription has a shop already')
      }
      // Of names that the caller didn't choose another is tried.
      const isOurs = isDuplicate(error, 'PRIMARY') || (!input.subdomain && !input.domain)
      if (!isOurs || attempt >= MAX_NAME_TRIES) {
        throw new Problem('already_exists', 'Another shop answers at this domain already')
      }
    }
  }
}

async function record(
  ctx: Ctx,
  input: NewTenant,
  id: string,
  attempt: number,
  subscription?: Subscription,
): Promise<void> {
  const now = ctx.now()
  const { owner } = input
  const times = madeAt(now)
  const subdomain = input.subdomain ?? (attempt === 0 ? defaultSubdomain(input.company_name, id) : id)
  const website: typeof websites.$inferInsert = {
    id: ctx.newId('site'),
    tenant_id: id,
    name: input.company_name,
    domain: input.domain ?? `${subdomain}.${ctx.config.SHOP_DOMAIN}`,
    subdomain,
    status: 'provisioning',
    locale: input.locale,
    timezone: input.timezone,
    currency: input.currency,
    prices_include_vat: input.prices_include_vat,
    contact_email: owner.email,
    settings: {},
    ...times,
  }
  const tenant: typeof tenants.$inferInsert = {
    id,
    company_name: input.company_name,
    billing_email: input.billing_email ?? owner.email,
    plan: input.plan,
    billing_period: input.billing_period,
    region: input.region ?? ctx.tenant.region,
    shard: ctx.tenant.shard,
    status: 'provisioning',
    subscription_id: subscription?.subscription_id ?? null,
    metadata: subscription?.metadata ?? {},
    ...times,
  }
  const shop = ctx.forTenant(
    routeOf(tenant as typeof tenants.$inferSelect, website as typeof websites.$inferSelect),
  )
  await shop.transaction(async (tx) => {
    if (subscription) {
      await tx.insert(subscriptions).values({
        tenant_id: id,
        subscription_id: subscription.subscription_id,
        created_at: now,
      })
    }
    await tx.insert(tenants).values(tenant)
    await tx.insert(websites).values(website)
    await tx.insert(provisionings).values({
      id: ctx.newId('prov'),
      tenant_id: id,
      kind: 'create',
      status: 'running',
      owner,
      lease_until: leaseFrom(now),
      ...times,
    })
    const { id: website_id, domain, name, locale, currency } = website
    tx.emit(websiteCreated, {
      website_id,
      domain,
      name,
      subdomain,
      theme: 'default',
      locale,
      currency,
      created_at: now.toISOString(),
    })
    startProvisioning(ctx, tx, id)
    tx.audit('tenant.created', id, { company_name: input.company_name, plan: input.plan, domain })
  })
}

/** What the contract allows and this platform can't give. */
function refusals(ctx: Ctx, input: NewTenant): FieldError[] {
  const { SHOP_DOMAIN, PLATFORM_HOST } = ctx.config
  const { region, subdomain, domain } = input
  const isPlatforms = domain !== undefined &&
    [SHOP_DOMAIN, PLATFORM_HOST].some((own) => domain === own || domain.endsWith(`.${own}`))
  return [
    ...(region !== undefined && region !== ctx.tenant.region
      ? [{ pointer: '/region', message: `must be ${ctx.tenant.region}: no other has servers here` }]
      : []),
    ...(subdomain !== undefined && !isSubdomain(subdomain)
      ? [{ pointer: '/subdomain', message: 'is reserved' }]
      : []),
    ...(isPlatforms ? [{ pointer: '/domain', message: 'is the platform’s: choose a subdomain' }] : []),
  ]
}
