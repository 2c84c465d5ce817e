import { eq, sql } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { on } from '../../../shared/service/service.ts'
import { shippingMethodsChanged } from '../../orders/events.ts'
import { catalogueChanged } from '../../products/events.ts'
import type { Ctx } from '../needs.ts'
import { websites } from '../schema.ts'

/** One step an event, however often it is delivered: the kernel applies it once. */
async function step(ctx: Ctx): Promise<void> {
  await ctx.transaction(async (tx) => {
    const moved = await tx.update(websites)
      .set({ catalogue_version: sql`${websites.catalogue_version} + 1` })
      .where(eq(websites.tenant_id, ctx.tenant.id))
    if (affectedRows(moved) > 0) tx.afterCommit(() => void ctx.shops.routeChanged(ctx.tenant))
  })
}

/**
 * Shoppers see another catalogue, or other ways to have it sent: the next version is part of the edge's cache keys,
 * so old answers are out of reach.
 */
export const onCatalogueChanged = on<Ctx, typeof catalogueChanged.data>(
  catalogueChanged,
  'catalogue-version',
  step,
)

export const onShippingMethodsChanged = on<Ctx, typeof shippingMethodsChanged.data>(
  shippingMethodsChanged,
  'shipping-methods-version',
  step,
)
