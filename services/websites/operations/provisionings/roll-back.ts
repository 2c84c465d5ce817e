import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Superseded } from '../../../../shared/service/shops.ts'
import type { Ctx } from '../../needs.ts'
import { provisioningSteps, subscriptions, tenants, websites } from '../../schema.ts'
import { findRoute } from '../routes/find.ts'
import { advance, rightOf, type Work } from './internal.ts'

/** Leaves nothing of a shop that could not be made but the record that it failed; its domain and its subscription are free again. */
export async function rollBack(ctx: Ctx, work: Work): Promise<void> {
  const shop = await findRoute(ctx, work.tenant_id)
  await ctx.shops.undo(work.tenant_id, work.id, rightOf(ctx, work))
  await ctx.transaction(async (tx) => {
    const now = ctx.now()
    await advance(tx, work, { status: 'failed', owner: null, finished_at: now }, now)
    const failed = await tx.update(tenants).set({ status: 'failed', subscription_id: null, updated_at: now })
      .where(and(eq(tenants.id, work.tenant_id), eq(tenants.status, 'provisioning')))
    if (affectedRows(failed) === 0) throw new Superseded(`${work.tenant_id} is not being made any more`)
    await tx.update(provisioningSteps).set({ status: 'undone' }).where(
      eq(provisioningSteps.provisioning_id, work.id),
    )
    await tx.delete(websites).where(eq(websites.tenant_id, work.tenant_id))
    await tx.delete(subscriptions).where(eq(subscriptions.tenant_id, work.tenant_id))
    tx.audit('tenant.rolled_back', work.tenant_id)
  })
  if (shop) await ctx.shops.routeChanged(shop)
}
