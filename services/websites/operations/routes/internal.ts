import { eq } from 'drizzle-orm'
import type { Tenant } from '../../../../shared/kernel/tenant.ts'
import type { Ctx } from '../../needs.ts'
import { tenants, websites } from '../../schema.ts'

/** What travels in tokens of a shop. */
export const routeOf = (
  tenant: typeof tenants.$inferSelect,
  website: typeof websites.$inferSelect,
): Tenant => ({
  id: tenant.id,
  website: website.id,
  domain: website.domain,
  region: tenant.region,
  shard: tenant.shard,
  plan: tenant.plan,
  status: website.status,
  locale: website.locale,
  currency: website.currency,
  prices_include_vat: website.prices_include_vat,
})

export const selectShops = (ctx: Ctx) =>
  ctx.db.select().from(tenants).innerJoin(websites, eq(websites.tenant_id, tenants.id)).$dynamic()
