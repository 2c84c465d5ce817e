import { and, eq } from 'drizzle-orm'
import type { Tenant } from '../../../../shared/kernel/tenant.ts'
import type { Ctx } from '../../needs.ts'
import { tenants, websites } from '../../schema.ts'
import { routeOf, selectShops } from './internal.ts'

/** Every shop whose databases are there. */
export async function listRoutes(ctx: Ctx): Promise<Tenant[]> {
  const rows = await selectShops(ctx).where(and(eq(websites.is_default, true), eq(tenants.status, 'active')))
  return rows.map((row) => routeOf(row.tenants, row.websites))
}
