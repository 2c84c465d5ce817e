import { and, eq } from 'drizzle-orm'
import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import type { PlanName } from '../../../../shared/kernel/plans.ts'
import type { Ctx } from '../../needs.ts'
import { tenants } from '../../schema.ts'
import type { TenantView } from '../../shapes/tenant.ts'
import { type TenantRow, viewsOf } from './internal.ts'

type Filter = { status?: TenantRow['status']; plan?: PlanName }

const byId = keyset('id', { id: tenants.id })

export async function listTenants(
  ctx: Ctx,
  { cursor, limit, status, plan }: Filter & PageQuery,
): Promise<Page<TenantView>> {
  const rows = await ctx.db.select().from(tenants)
    .where(and(byId.after(cursor), status && eq(tenants.status, status), plan && eq(tenants.plan, plan)))
    .orderBy(...byId.order).limit(limit + 1)
  const views = await viewsOf(ctx.db, rows)
  return byId.page(rows, limit, (row) => views.get(row.id)!)
}
