import { and, eq } from 'drizzle-orm'
import type { Tenant } from '../../../../shared/kernel/tenant.ts'
import type { Ctx } from '../../needs.ts'
import { tenants, websites } from '../../schema.ts'
import { routeOf, selectShops } from './internal.ts'

/** A shop by its id, whatever its state; null when it is gone or was never there. */
export async function findRoute(ctx: Ctx, id: string): Promise<Tenant | null> {
  const [row] = await selectShops(ctx).where(and(eq(tenants.id, id), eq(websites.is_default, true)))
  return row ? routeOf(row.tenants, row.websites) : null
}
