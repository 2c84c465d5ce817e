import { and, eq, inArray, isNull } from 'drizzle-orm'
import { requireUnused } from '../../../../shared/db/rows.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { subtreeOf } from '../../domain/category-tree.ts'
import type { Ctx } from '../../needs.ts'
import { categories, productCategories, products } from '../../schema.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { type CategoryId, lockTree } from './internal.ts'

/** Takes everything below it along. Throws `in_use` while a product is in any of them, `not_found`. */
export async function adminDeleteCategory(ctx: Ctx, id: CategoryId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const tree = await lockTree(tx)
    if (!tree.has(id)) throw new Problem('not_found')
    const ids = subtreeOf(tree, id)
    const used = tx.select({ id: products.id }).from(productCategories)
      .innerJoin(products, eq(products.id, productCategories.product_id))
      .where(and(inArray(productCategories.category_id, ids), isNull(products.deleted_at))).limit(1)
    await requireUnused(used, 'Products are in this category or below it')
    await tx.delete(categories).where(inArray(categories.id, ids))
    announceCatalogue(ctx, tx)
    tx.audit('category.deleted', id, { ids })
  })
}
