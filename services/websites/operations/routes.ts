import { and, eq, inArray } from 'drizzle-orm'
import type { Tenant } from '../../../shared/kernel/tenant.ts'
import type { Ctx } from '../needs.ts'
import { tenants, websites } from '../schema.ts'

type TenantRow = typeof tenants.$inferSelect
type WebsiteRow = typeof websites.$inferSelect

/** What travels in tokens of a shop. */
export const tenantOf = (tenant: TenantRow, website: WebsiteRow): Tenant => ({
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

/** A shop by its id, whatever its state; null when it is gone or was never there. */
export async function findTenant(ctx: Ctx, id: string): Promise<Tenant | null> {
  const [row] = await selectShops(ctx).where(and(eq(tenants.id, id), eq(websites.is_default, true)))
  return row ? tenantOf(row.tenants, row.websites) : null
}

/** Every shop whose databases are there. */
export async function listTenants(ctx: Ctx): Promise<Tenant[]> {
  const rows = await selectShops(ctx).where(
    and(eq(websites.is_default, true), inArray(tenants.status, ['active'])),
  )
  return rows.map((row) => tenantOf(row.tenants, row.websites))
}

const selectShops = (ctx: Ctx) =>
  ctx.db.select().from(tenants).innerJoin(websites, eq(websites.tenant_id, tenants.id)).$dynamic()
