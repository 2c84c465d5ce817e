import { and, eq, isNull } from 'drizzle-orm'
import { requireUnused } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { brands, products } from '../../schema.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { type BrandId, lockBrand } from './internal.ts'

/** Throws `in_use` while products are of this brand, `not_found`. */
export async function adminDeleteBrand(ctx: Ctx, id: BrandId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const brand = await lockBrand(tx, id)
    const used = tx.select({ id: products.id }).from(products)
      .where(and(eq(products.brand_id, id), isNull(products.deleted_at))).limit(1)
    await requireUnused(used, 'Products are of this brand')
    await tx.delete(brands).where(eq(brands.id, id))
    announceCatalogue(ctx, tx)
    tx.audit('brand.deleted', id, { name: brand.name })
  })
}
