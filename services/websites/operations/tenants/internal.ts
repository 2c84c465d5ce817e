import { asc, desc, inArray } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import type { StepName } from '../../domain/steps.ts'
import { provisionings, provisioningSteps, tenants, websites } from '../../schema.ts'
import type { TenantView } from '../../shapes/tenant.ts'

export type TenantRow = typeof tenants.$inferSelect

/** Three queries, however many tenants. */
export async function viewsOf(db: Executor, rows: TenantRow[]): Promise<Map<string, TenantView>> {
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
