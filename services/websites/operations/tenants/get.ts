import { eq } from 'drizzle-orm'
import { found } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { tenants } from '../../schema.ts'
import type { TenantView } from '../../shapes/tenant.ts'
import { viewsOf } from './internal.ts'

/** Throws `not_found`. */
export async function getTenant(ctx: Ctx, id: string): Promise<TenantView> {
  const row = found(await ctx.db.select().from(tenants).where(eq(tenants.id, id)))
  return (await viewsOf(ctx.db, [row])).get(row.id)!
}
