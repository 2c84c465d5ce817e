import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { found } from '../../../../shared/db/rows.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { websiteStatusChanged } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { tenants, websites } from '../../schema.ts'
import type { TenantStatusChange, TenantView } from '../../shapes/tenant.ts'
import { routeOf, selectShops } from '../routes/internal.ts'
import { getTenant } from './get.ts'

/**
 * Opens, closes or suspends a shop. `reason` `payment` makes the edge answer 402 instead of 403; it is kept only of a
 * suspension. Throws `not_found` for a shop that is not there yet or no more, `conflict` when it changes meanwhile.
 */
export async function setTenantStatus(ctx: Ctx, id: string, change: TenantStatusChange): Promise<TenantView> {
  const row = found(await selectShops(ctx).where(and(eq(tenants.id, id), eq(tenants.status, 'active'))))
  const { status: previous_status, suspension_reason, id: website_id } = row.websites
  const reason = change.status === 'suspended' ? change.reason : null
  if (previous_status === change.status && suspension_reason === reason) return await getTenant(ctx, id)
  const shop = routeOf(row.tenants, row.websites)
  await ctx.forTenant(shop).transaction(async (tx) => {
    const now = ctx.now()
    const changed = await tx.update(websites)
      .set({ status: change.status, suspension_reason: reason, updated_at: now })
      .where(and(eq(websites.id, website_id), eq(websites.status, previous_status)))
    if (affectedRows(changed) === 0) throw new Problem('conflict')
    tx.emit(websiteStatusChanged, {
      website_id,
      domain: shop.domain,
      previous_status,
      new_status: change.status,
      reason,
      changed_at: now.toISOString(),
    })
    tx.afterCommit(() => void ctx.shops.routeChanged(shop))
    tx.audit('website.status_changed', website_id, { from: previous_status, to: change.status, reason })
  })
  return await getTenant(ctx, id)
}
