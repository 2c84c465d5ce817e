import { eq } from 'drizzle-orm'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { tenants } from '../../schema.ts'
import type { TenantView } from '../../shapes/tenant.ts'
import { viewsOf } from './internal.ts'

export async function getTenant(ctx: Ctx, id: string): Promise<TenantView> {
  const rows = await ctx.db.select().from(tenants).where(eq(tenants.id, id))
  const view = (await viewsOf(ctx.db, rows)).get(id)
  if (!view) throw new Problem('not_found')
  return view
}
