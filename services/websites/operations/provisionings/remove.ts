import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../../needs.ts'
import { tenants } from '../../schema.ts'
import { findRoute } from '../routes/find.ts'
import { advance, rightOf, type Work } from './internal.ts'

/** Deletes all of a shop, for good. One that could never be made has no website, and no databases of its own. */
export async function remove(ctx: Ctx, work: Work): Promise<void> {
  const shop = await findRoute(ctx, work.tenant_id)
  if (shop) {
    void ctx.shops.routeChanged(shop)
    await ctx.shops.remove(shop.id, rightOf(ctx, work))
  }
  const [tenant] = await ctx.db.select().from(tenants).where(eq(tenants.id, work.tenant_id))
  if (tenant) await ctx.shops.purgeEvents(tenant)
  await ctx.transaction(async (tx) => {
    const now = ctx.now()
    await advance(tx, work, { status: 'done', error: null, finished_at: now }, now)
    await tx.delete(tenants).where(and(eq(tenants.id, work.tenant_id), eq(tenants.status, 'deprovisioning')))
    tx.audit('tenant.removed', work.tenant_id)
  })
  ctx.broadcast('tenants', work.tenant_id)
}
