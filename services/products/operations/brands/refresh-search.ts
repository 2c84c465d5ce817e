import { and, asc, eq, gt } from 'drizzle-orm'
import { searchOutdated } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { products } from '../../schema.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { REFRESH_BATCH, refreshProducts } from '../../writes/refresh-products.ts'
import type { BrandId } from './internal.ts'

/**
 * Writes the search words of a renamed brand's products again, so many at a time: each step leaves the event of the
 * next one with what it has done, so that a process that dies loses nothing and no transaction is long.
 */
export async function refreshBrandSearch(
  ctx: Ctx,
  { brand_id, after }: { brand_id: BrandId; after: `prod_${string}` | null },
): Promise<void> {
  await ctx.transaction(async (tx) => {
    const rows = await tx.select({ id: products.id }).from(products)
      .where(and(eq(products.brand_id, brand_id), after ? gt(products.id, after) : undefined))
      .orderBy(asc(products.id)).limit(REFRESH_BATCH).for('update')
    await refreshProducts(tx, rows.map(({ id }) => id))
    if (rows.length === REFRESH_BATCH) tx.emit(searchOutdated, { brand_id, after: rows.at(-1)!.id })
    else announceCatalogue(ctx, tx)
  })
}
