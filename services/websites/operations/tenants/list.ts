import { and, asc, eq, gt } from 'drizzle-orm'
import { decodeCursor, encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import type { PlanName } from '../../../../shared/kernel/plans.ts'
import type { Ctx } from '../../needs.ts'
import { tenants } from '../../schema.ts'
import type { TenantView } from '../../shapes/tenant.ts'
import { type TenantRow, viewsOf } from './internal.ts'

type Filter = { limit: number; cursor?: string; status?: TenantRow['status']; plan?: PlanName }

export async function listTenants(ctx: Ctx, filter: Filter): Promise<Page<TenantView>> {
  const [after] = decodeCursor('id', 1, filter.cursor) ?? []
  const rows = await ctx.db.select().from(tenants)
    .where(and(
      after === undefined ? undefined : gt(tenants.id, String(after)),
      filter.status && eq(tenants.status, filter.status),
      filter.plan && eq(tenants.plan, filter.plan),
    ))
    .orderBy(asc(tenants.id)).limit(filter.limit + 1)
  const views = await viewsOf(ctx.db, rows)
  return page(rows, filter.limit, (row) => encodeCursor('id', [row.id]), (row) => views.get(row.id)!)
}
