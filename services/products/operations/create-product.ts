import { eq } from 'drizzle-orm'
import { type Executor, isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { safeHtml } from '../domain/html.ts'
import { optionsOf, variantFaults } from '../domain/options.ts'
import { slug } from '../domain/slug.ts'
import { productCreated } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { findAny } from '../queries/details.ts'
import { showStaffProduct } from '../queries/show.ts'
import { products, variants } from '../schema.ts'
import type { NewProduct, StaffProduct } from '../shapes/staff-product.ts'
import { checkReferences } from './check-references.ts'
import { checkRoomForProduct } from './plan-limit.ts'
import { refreshProducts } from './refresh-products.ts'
import { syncCategories } from './sync-categories.ts'
import { syncImages } from './sync-images.ts'

/** Throws `already_exists` for a slug or reference in use, `plan_limit`, `validation_failed`. */
export async function createProduct(ctx: Ctx, input: NewProduct): Promise<StaffProduct> {
  checkVariants(input)
  const id = ctx.newId('prod')
  const now = ctx.now()
  return await ctx.transaction(async (tx) => {
    await checkRoomForProduct(ctx, tx)
    await checkReferences(tx, input)
    await tx.insert(products).values({
      ...await asStored(tx, input, id),
      id,
      created_at: now,
      updated_at: now,
    }).catch(refuseTaken)
    await tx.insert(variants).values(
      input.variants.map((each, position) => ({
        ...each,
        id: ctx.newId('var'),
        product_id: id,
        position,
        created_at: now,
        updated_at: now,
      })),
    )
    await syncImages(tx, [{ product_id: id, images: input.images }], now)
    await syncCategories(tx, [{ product_id: id, category_ids: input.category_ids }])
    await refreshProducts(tx, [id])
    const details = (await findAny(tx, id))!
    const { product } = details
    tx.emit(productCreated, {
      product_id: id,
      ref: product.ref,
      name: product.name,
      status: product.status,
      price_net: product.price_min,
      stock: details.variants.reduce((sum, { stock }) => sum + stock, 0),
      brand_id: product.brand_id,
      vat_rate: details.rate,
      created_at: now.toISOString(),
    })
    tx.audit('product.created', id, input)
    return showStaffProduct(details, ctx.tenant.currency)
  })
}

function checkVariants({ options, variants }: NewProduct): void {
  const faults = variantFaults(options.length, variants)
  if (faults.length === 0) return
  throw new Problem('validation_failed', undefined, {
    errors: faults.map(({ at, message }) => ({ pointer: `/variants/${at}/option_values`, message })),
  })
}

async function asStored(tx: Executor, input: NewProduct, id: string) {
  const own = input.slug ?? await freeSlug(tx, input.name, id)
  const {
    seo_title,
    seo_description,
    options,
    variants,
    description,
    ref,
    images: _,
    category_ids: __,
    ...columns
  } = input
  return {
    ...columns,
    slug: own,
    ref: ref ?? own,
    description: description && safeHtml(description),
    options: optionsOf(options, variants),
    meta_title: seo_title,
    meta_description: seo_description,
    search_text: '',
  }
}

/** The name as a slug; with the end of the id where that is taken, or nothing of the name is left. */
async function freeSlug(tx: Executor, name: string, id: string): Promise<string> {
  const made = slug(name).slice(0, 200)
  if (made === '') return `product-${id.slice(-8)}`
  const taken = await tx.select({ id: products.id }).from(products).where(eq(products.slug, made))
  return taken.length === 0 ? made : `${made}-${id.slice(-8)}`
}

export function refuseTaken(error: unknown): never {
  if (isDuplicate(error, 'products_slug')) {
    throw new Problem('already_exists', 'A product has this slug already')
  }
  if (isDuplicate(error, 'products_ref')) {
    throw new Problem('already_exists', 'A product has this reference already')
  }
  throw error
}
