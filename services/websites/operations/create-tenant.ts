import { hash } from '@node-rs/argon2'
import { eq } from 'drizzle-orm'
import { randomBytes } from 'node:crypto'
import { isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { idToBytes } from '../../../shared/kernel/id.ts'
import { defaultSubdomain, isSubdomain, tenantId } from '../domain/naming.ts'
import { websiteCreated } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { type Owner, provisionings, tenants, websites } from '../schema.ts'
import type { NewTenant } from '../shapes/tenant.ts'
import { PROVISIONING_LEASE_MS } from './provision.ts'
import { tenantOf } from './routes.ts'

export type Subscription = { subscription_id: string; metadata: Record<string, unknown> }
type Created = { tenant: string; temporary_password: string | null }

/** OWASP's recommendation for argon2id; as in the auth service, which gets the hash. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const MAX_NAME_TRIES = 5

/**
 * Records a new shop and the work of making it; `provision` does that work. The ids come from the operation, so an
 * interrupted request that is repeated finds what it made. Throws `already_exists` for a domain or a
 * subscription that has a shop already, `validation_failed` for a reserved subdomain.
 */
export async function createTenant(
  ctx: Ctx,
  input: NewTenant,
  subscription?: Subscription,
): Promise<Created> {
  if (input.subdomain !== undefined && !isSubdomain(input.subdomain)) {
    throw new Problem('validation_failed', undefined, {
      errors: [{ pointer: '/subdomain', message: 'is reserved' }],
    })
  }
  const temporary_password = input.owner.password === undefined ? newPassword() : null
  const password_hash = await hash(input.owner.password ?? temporary_password!, ARGON2)
  const { email, first_name, last_name } = input.owner
  const owner: Owner = {
    email,
    first_name,
    last_name,
    password_hash,
    must_change_password: temporary_password !== null,
  }
  for (let attempt = 0;; attempt++) {
    const hex = attempt === 0 ? hexOf(ctx) : randomBytes(3).toString('hex')
    try {
      return {
        tenant: await record(ctx, input, owner, tenantId(input.company_name, hex), attempt, subscription),
        temporary_password,
      }
    } catch (error) {
      const mine = attempt === 0 && isDuplicate(error, 'PRIMARY') &&
        await madeBefore(ctx, input, tenantId(input.company_name, hex))
      if (mine) return { tenant: mine, temporary_password: null }
      const isNameTaken = isDuplicate(error, 'PRIMARY') ||
        (isDuplicate(error) && !input.subdomain && !input.domain &&
          !isDuplicate(error, 'tenants_subscription'))
      if (isNameTaken && attempt < MAX_NAME_TRIES) continue
      if (isDuplicate(error, 'tenants_subscription')) {
        throw new Problem('already_exists', 'This subscription has a shop already')
      }
      if (isDuplicate(error)) {
        throw new Problem('already_exists', 'Another shop answers at this domain already')
      }
      throw error
    }
  }
}

async function record(
  ctx: Ctx,
  input: NewTenant,
  owner: Owner,
  id: string,
  attempt: number,
  subscription?: Subscription,
): Promise<string> {
  const now = ctx.now()
  const times = { created_at: now, updated_at: now }
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
    tenantOf(tenant as typeof tenants.$inferSelect, website as typeof websites.$inferSelect),
  )
  await shop.transaction(async (tx) => {
    await tx.insert(tenants).values(tenant)
    await tx.insert(websites).values(website)
    await tx.insert(provisionings).values({
      id: ctx.newId('prov'),
      tenant_id: id,
      kind: 'create',
      status: 'running',
      owner,
      lease_until: new Date(now.getTime() + PROVISIONING_LEASE_MS),
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
    tx.audit('tenant.created', id, { company_name: input.company_name, plan: input.plan, domain })
  })
  return id
}

/** The tenant of an earlier attempt at this same operation, which the caller never heard the end of. */
async function madeBefore(ctx: Ctx, input: NewTenant, id: string): Promise<string | undefined> {
  const [row] = await ctx.db.select().from(tenants).innerJoin(websites, eq(websites.tenant_id, tenants.id))
    .where(eq(tenants.id, id))
  const isSame = row?.tenants.company_name === input.company_name &&
    row.websites.contact_email === input.owner.email
  return isSame ? id : undefined
}

/** 6 hex digits out of the operation's id: its random part. */
const hexOf = (ctx: Ctx) => Buffer.from(idToBytes('op', ctx.operationId)).subarray(13).toString('hex')

/** Passes the password rules of every shop. */
const newPassword = () => `${randomBytes(12).toString('base64url')}aA1!`
