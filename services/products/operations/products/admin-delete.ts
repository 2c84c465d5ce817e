import { and, eq, isNull, sql } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { productDeleted } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { findAny } from '../../queries/details.ts'
import { products } from '../../schema.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { refreshProducts } from '../../writes/refresh-products.ts'

/**
 * The row stays, as reservations and stock that comes back still need its variants; its slug and reference are
 * free for another product. Throws `not_found`.
 */
export async function adminDeleteProduct(ctx: Ctx, id: `prod_${string}`): Promise<void> {
  await ctx.transaction(async (tx) => {
    const details = await findAny(tx, id)
    const result = await tx.update(products)
      .set({
        deleted_at: ctx.now(),
        slug: `~${id}`,
        ref: `~${id}`,
        import_hash: null,
        version: sql`version + 1`,
        updated_at: ctx.now(),
      })
      .where(and(eq(products.id, id), isNull(products.deleted_at)))
    if (!details || affectedRows(result) === 0) throw new Problem('not_found')
    const { ref, slug, name } = details.product
    tx.emit(productDeleted, {
      product_id: id,
      ref,
      variant_ids: details.variants.map((variant) => variant.id),
      deleted_at: ctx.now().toISOString(),
    })
    const { isSeen } = await refreshProducts(ctx, tx, [id])
    if (isSeen) announceCatalogue(ctx, tx)
    tx.audit('product.deleted', id, { ref, slug, name })
  })
}
