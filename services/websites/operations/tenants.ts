import { and, asc, desc, eq, gt, inArray } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import type { PlanName } from '../../../shared/kernel/plans.ts'
import { websiteStatusChanged } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { provisionings, provisioningSteps, tenants, websites } from '../schema.ts'
import type { StepName } from '../domain/steps.ts'
import type { TenantView } from '../shapes/tenant.ts'
import { PROVISIONING_LEASE_MS } from './provision.ts'
import { tenantOf } from './routes.ts'

type TenantRow = typeof tenants.$inferSelect
type Filter = { limit: number; cursor?: string; status?: TenantRow['status']; plan?: PlanName }

export async function listTenantViews(ctx: Ctx, filter: Filter): Promise<Page<TenantView>> {
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

export async function getTenantView(ctx: Ctx, id: string): Promise<TenantView> {
  const rows = await ctx.db.select().from(tenants).where(eq(tenants.id, id))
  const view = (await viewsOf(ctx.db, rows)).get(id)
  if (!view) throw new Problem('not_found')
  return view
}

/** Takes the shop off the air at once and records the removal of its data; `provision` does that work. */
export async function removeTenant(ctx: Ctx, id: string): Promise<void> {
  await ctx.transaction(async (tx) => {
    const now = ctx.now()
    const [row] = await tx.select().from(tenants).innerJoin(websites, eq(websites.tenant_id, tenants.id))
      .where(eq(tenants.id, id)).for('update')
    if (!row) throw new Problem('not_found')
    const closed = await tx.update(tenants).set({ status: 'deprovisioning', updated_at: now })
      .where(and(eq(tenants.id, id), inArray(tenants.status, ['active', 'failed'])))
    if (affectedRows(closed) === 0) throw new Problem('conflict', 'The shop is being made or removed')
    await tx.update(websites).set({ status: 'deprovisioning', updated_at: now }).where(
      eq(websites.tenant_id, id),
    )
    await tx.insert(provisionings).values({
      id: ctx.newId('prov'),
      tenant_id: id,
      kind: 'remove',
      status: 'running',
      lease_until: new Date(now.getTime() + PROVISIONING_LEASE_MS),
      created_at: now,
      updated_at: now,
    })
    tx.audit('tenant.removal_started', id)
  })
}

/** Opens, closes or suspends a shop. `reason` `payment` makes the edge answer 402 instead of 403. */
export async function setWebsiteStatus(
  ctx: Ctx,
  id: string,
  status: 'active' | 'inactive' | 'maintenance' | 'suspended',
  reason: string | null,
): Promise<TenantView> {
  const [row] = await ctx.db.select().from(tenants).innerJoin(websites, eq(websites.tenant_id, tenants.id))
    .where(and(eq(tenants.id, id), eq(tenants.status, 'active')))
  if (!row) throw new Problem('not_found')
  const shop = tenantOf(row.tenants, row.websites)
  await ctx.forTenant(shop).transaction(async (tx) => {
    const now = ctx.now()
    const changed = await tx.update(websites).set({
      status,
      suspension_reason: status === 'suspended' ? reason : null,
      updated_at: now,
    })
      .where(and(eq(websites.id, row.websites.id), eq(websites.status, row.websites.status)))
    if (affectedRows(changed) === 0) throw new Problem('conflict')
    tx.emit(websiteStatusChanged, {
      website_id: row.websites.id,
      domain: shop.domain,
      previous_status: row.websites.status,
      new_status: status,
      reason,
      changed_at: now.toISOString(),
    })
    tx.audit('website.status_changed', row.websites.id, { from: row.websites.status, to: status, reason })
  })
  await ctx.shops.routeChanged(shop)
  return await getTenantView(ctx, id)
}

/** Three queries, however many tenants. */
async function viewsOf(db: Executor, rows: TenantRow[]): Promise<Map<string, TenantView>> {
  if (rows.length === 0) return new Map()
  const ids = rows.map((row) => row.id)
  const sites = await db.select().from(websites).where(inArray(websites.tenant_id, ids)).orderBy(
    asc(websites.id),
  )
  const works = await db.select().from(provisionings).where(inArray(provisionings.tenant_id, ids)).orderBy(
    desc(provisionings.id),
  )
  const latest = ids.flatMap((id) => works.find((work) => work.tenant_id === id) ?? [])
  const steps = latest.length === 0 ? [] : await db.select().from(provisioningSteps)
    .where(inArray(provisioningSteps.provisioning_id, latest.map((work) => work.id))).orderBy(
      asc(provisioningSteps.position),
    )
  return new Map(rows.map((row) => [row.id, {
    id: row.id,
    company_name: row.company_name,
    billing_email: row.billing_email,
    plan: row.plan,
    billing_period: row.billing_period,
    region: row.region,
    status: row.status,
    subscription_id: row.subscription_id,
    websites: sites.filter((site) => site.tenant_id === row.id).map((site) => ({
      id: site.id,
      name: site.name,
      domain: site.domain,
      status: site.status,
      locale: site.locale,
      currency: site.currency,
      prices_include_vat: site.prices_include_vat,
      activated_at: site.activated_at?.toISOString() ?? null,
    })),
    provisioning: showWork(latest.find((work) => work.tenant_id === row.id), steps),
    created_at: row.created_at.toISOString(),
  }]))
}

function showWork(
  work: typeof provisionings.$inferSelect | undefined,
  steps: (typeof provisioningSteps.$inferSelect)[],
): TenantView['provisioning'] {
  if (!work) return null
  const { id, kind, status, attempts, error, created_at, finished_at } = work
  return {
    id,
    kind,
    status,
    attempts,
    error,
    steps: steps.filter((step) => step.provisioning_id === id).map((step) => ({
      name: step.name as StepName,
      status: step.status,
      ms: step.ms,
      finished_at: step.finished_at.toISOString(),
    })),
    created_at: created_at.toISOString(),
    finished_at: finished_at?.toISOString() ?? null,
  }
}
