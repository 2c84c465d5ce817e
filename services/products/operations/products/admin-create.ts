import { madeAt } from '../../../../shared/db/columns.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { safeHtml } from '../../domain/html.ts'
import { optionsOf, variantFaults } from '../../domain/options.ts'
import { slug, withEnd } from '../../../../shared/kernel/slug.ts'
import { productCreated } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { products, variants } from '../../schema.ts'
import type { AdminProduct, NewProduct } from '../../shapes/admin-product.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { checkReferences } from '../../writes/check-references.ts'
import { withFirstFreeSlug } from '../../writes/first-free-slug.ts'
import { checkRoomForProduct } from '../../writes/plan-limit.ts'
import { refreshProducts } from '../../writes/refresh-products.ts'
import { syncCategories } from '../../writes/sync-categories.ts'
import { syncImages } from '../../writes/sync-images.ts'
import { refuseTaken, showAdminProduct } from './internal.ts'

/** Throws `already_exists` for a slug or reference in use, `plan_limit`, `validation_failed`. */
export async function adminCreateProduct(ctx: Ctx, input: NewProduct): Promise<AdminProduct> {
  checkVariants(input)
  const id = ctx.newId('prod')
  const now = ctx.now()
  return await ctx.transaction(async (tx) => {
    await checkRoomForProduct(ctx, tx)
    await checkReferences(tx, input)
    const row = { ...asStored(input), id, ...madeAt(now) }
    await withFirstFreeSlug(
      input.slug ? [input.slug] : slugsFor(input.name, id),
      'products_slug',
      (own) => tx.insert(products).values({ ...row, slug: own, ref: input.ref ?? own }),
    ).catch(refuseTaken)
    await tx.insert(variants).values(
      input.variants.map((each, position) => ({
        ...each,
        id: ctx.newId('var'),
        product_id: id,
        position,
        ...madeAt(now),
      })),
    )
    await syncImages(tx, [{ product_id: id, images: input.images }], now)
    await syncCategories(tx, [{ product_id: id, category_ids: input.category_ids }])
    const refreshed = await refreshProducts(ctx, tx, [id])
    const details = refreshed.details.get(id)!
    const { product } = details
    tx.emit(productCreated, {
      product_id: id,
      ref: product.ref,
      name: product.name,
      status: product.status,
      price: product.price_min,
      stock: details.variants.reduce((sum, { stock }) => sum + stock, 0),
      brand_id: product.brand_id,
      vat_rate: details.rate,
      created_at: now.toISOString(),
    })
    if (refreshed.isSeen) announceCatalogue(ctx, tx)
    tx.audit('product.created', id, input)
    return showAdminProduct(details, ctx.tenant)
  })
}

function checkVariants({ options, variants }: NewProduct): void {
  const faults = variantFaults(options.length, variants)
  if (faults.length === 0) return
  throw new Problem('validation_failed', undefined, {
    errors: faults.map(({ at, message }) => ({ pointer: `/variants/${at}/option_values`, message })),
  })
}

function asStored(input: NewProduct) {
  const {
    seo_title,
    seo_description,
    options,
    variants,
    description,
    images: _,
    category_ids: __,
    ...columns
  } = input
  return {
    ...columns,
    description: description && safeHtml(description),
    options: optionsOf(options, variants),
    meta_title: seo_title,
    meta_description: seo_description,
    search_text: '',
  }
}

/** Products may have one name: the second one's slug ends as its id does. */
function slugsFor(name: string, id: string): string[] {
  const made = slug(name)
  return made === '' ? [`product-${id.slice(-8)}`] : [made, withEnd(made, id.slice(-8))]
}
