import { and, eq, isNull } from 'drizzle-orm'
import { type ExpectedVersions, found, updateVersion } from '../../../../shared/db/rows.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { safeHtml } from '../../domain/html.ts'
import { optionsOf } from '../../domain/options.ts'
import { imageAdded } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { type Details, findAny } from '../../queries/details.ts'
import { type ProductOption, products } from '../../schema.ts'
import type { AdminProduct, ProductChanges } from '../../shapes/admin-product.ts'
import { announceUpdate } from '../../writes/announce-update.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { checkReferences } from '../../writes/check-references.ts'
import { refreshProducts } from '../../writes/refresh-products.ts'
import { syncCategories } from '../../writes/sync-categories.ts'
import { syncImages } from '../../writes/sync-images.ts'
import { type ProductId, refuseTaken, showAdminProduct } from './internal.ts'

/** Throws `precondition_failed` when the product is at none of the versions expected, `not_found`, `already_exists`, `validation_failed`. */
export async function adminUpdateProduct(
  ctx: Ctx,
  id: ProductId,
  expected: ExpectedVersions,
  changes: ProductChanges,
): Promise<AdminProduct> {
  return await ctx.transaction(async (tx) => {
    const row = and(eq(products.id, id), isNull(products.deleted_at))
    // Locked first: with `If-Match: *` no version keeps others from changing its variants meanwhile.
    found(await tx.select({ id: products.id }).from(products).where(row).for('update'))
    const before = (await findAny(tx, id))!
    await checkReferences(tx, changes)
    const options = changes.options && renamed(before, changes.options)
    const changed = { ...asStored(changes), ...(options && { options }), updated_at: ctx.now() }
    await updateVersion(tx, products, row, expected, changed).catch(refuseTaken)
    await changeLists(ctx, tx, id, changes)
    const { details, isSeen } = await refreshProducts(ctx, tx, [id])
    tx.audit('product.updated', id, changes)
    const after = details.get(id)!
    announceUpdate(tx, after.product, before.product.price_min, Object.keys(changes))
    if (isSeen) announceCatalogue(ctx, tx)
    return showAdminProduct(after, ctx.tenant)
  })
}

async function changeLists(
  ctx: Ctx,
  tx: Tx,
  product_id: ProductId,
  { images, category_ids }: ProductChanges,
): Promise<void> {
  if (category_ids) await syncCategories(tx, [{ product_id, category_ids }])
  if (!images) return
  for (const { id, url, position } of await syncImages(tx, [{ product_id, images }], ctx.now())) {
    tx.emit(imageAdded, { product_id, image_id: id, url, position, created_at: ctx.now().toISOString() })
  }
}

/** Options can be renamed and their values ordered; their number is that of each variant's values. */
function renamed({ product, variants }: Details, options: ProductOption[]): ProductOption[] {
  const { length } = product.options
  if (options.length === length) return optionsOf(options, variants)
  throw new Problem('validation_failed', undefined, {
    errors: [{ pointer: '/options', message: `must be ${length}: its variants have as many values` }],
  })
}

function asStored(changes: ProductChanges) {
  const { seo_title, seo_description, description, options: _, images: __, category_ids: ___, ...columns } =
    changes
  return {
    ...columns,
    ...(description !== undefined && { description: description && safeHtml(description) }),
    ...(seo_title !== undefined && { meta_title: seo_title }),
    ...(seo_description !== undefined && { meta_description: seo_description }),
  }
}
