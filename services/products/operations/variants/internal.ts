import { eq } from 'drizzle-orm'
import { found } from '../../../../shared/db/rows.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { priceOf, type Pricing, showVariant } from '../../documents/show.ts'
import { optionsOf, variantFaults } from '../../domain/options.ts'
import { availableOf } from '../../domain/stock.ts'
import type { Ctx } from '../../needs.ts'
import { type Details, findAny, type VariantDetails } from '../../queries/details.ts'
import { products, variants } from '../../schema.ts'
import type { AdminVariant } from '../../shapes/variant.ts'
import { announceUpdate } from '../../writes/announce-update.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { nextVersion } from '../../writes/next-version.ts'
import { refreshProducts } from '../../writes/refresh-products.ts'

export type VariantId = `var_${string}`
type ProductId = `prod_${string}`

export function showAdminVariant(
  variant: VariantDetails,
  productRate: number,
  pricing: Pricing,
): AdminVariant {
  const { cost_price, stock, reserved, tracks_stock, allows_backorder, taxable, position } = variant
  return {
    ...showVariant(variant, productRate, pricing),
    cost_price: priceOf(variant, productRate, pricing)(cost_price),
    stock,
    reserved,
    available_quantity: availableOf(variant),
    tracks_stock,
    allows_backorder,
    taxable,
    position,
  }
}

/** Throws `not_found`. */
export async function productOf(ctx: Ctx, id: VariantId): Promise<ProductId> {
  const rows = await ctx.db.select({ product_id: variants.product_id }).from(variants).where(
    eq(variants.id, id),
  )
  return found(rows).product_id
}

/**
 * Changes the variants of a product, one change at a time, and everything the product keeps of them. `work` returns
 * the variant it is about, if it is still there, and that is answered.
 */
export async function changeVariants<R extends VariantId | void>(
  ctx: Ctx,
  product_id: ProductId,
  work: (tx: Tx, before: Details) => Promise<R>,
): Promise<R extends VariantId ? AdminVariant : void> {
  return await ctx.transaction(async (tx) => {
    await nextVersion(ctx, tx, product_id)
    const before = (await findAny(tx, product_id))!
    const id = await work(tx, before)
    const changed = (await findAny(tx, product_id))!
    const { options } = before.product
    checkFit(options.length, changed.variants, id)
    await tx.update(products).set({ options: optionsOf(options, changed.variants) })
      .where(eq(products.id, product_id))
    const { details, isSeen } = await refreshProducts(ctx, tx, [product_id])
    const after = details.get(product_id)!
    announceUpdate(tx, after.product, before.product.price_min, ['variants'])
    if (isSeen) announceCatalogue(ctx, tx)
    const variant = after.variants.find((each) => each.id === id)
    return (variant && showAdminVariant(variant, after.rate, ctx.tenant)) as never
  })
}

function checkFit(options: number, all: Details['variants'], changed: string | void): void {
  // The changed one last, so that it is the one to be refused.
  const [fault] = variantFaults(
    options,
    [...all].sort((a, b) => Number(a.id === changed) - Number(b.id === changed)),
  )
  if (!fault) return
  const message = fault.message.replace(/variant \d+/, 'another variant')
  throw new Problem('validation_failed', undefined, { errors: [{ pointer: '/option_values', message }] })
}
