import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Tx } from '../../../shared/service/context.ts'
import { optionsOf, variantFaults } from '../domain/options.ts'
import { priceChanged } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { type Details, findAny } from '../queries/details.ts'
import { showStaffVariant } from '../queries/show.ts'
import { products, variants } from '../schema.ts'
import type { NewVariant, StaffVariant, VariantChanges } from '../shapes/variant.ts'
import { announce, nextVersion } from './change-product.ts'
import { refreshProducts } from './refresh-products.ts'

type ProductId = `prod_${string}`
type VariantId = `var_${string}`

/** Throws `not_found`, `validation_failed` (option values that don't fit, or are there already). */
export async function addVariant(ctx: Ctx, product_id: ProductId, input: NewVariant): Promise<StaffVariant> {
  const id = ctx.newId('var')
  const now = ctx.now()
  return await change(ctx, product_id, async (tx, { variants: present }) => {
    const position = Math.max(-1, ...present.map((variant) => variant.position)) + 1
    await tx.insert(variants).values({ ...input, id, product_id, position, created_at: now, updated_at: now })
    tx.audit('variant.created', id, input)
    return id
  })
}

/** Throws `not_found`, `validation_failed`. */
export async function changeVariant(ctx: Ctx, id: VariantId, changes: VariantChanges): Promise<StaffVariant> {
  return await change(ctx, await productOf(ctx, id), async (tx, before) => {
    const variant = before.variants.find((each) => each.id === id)
    if (!variant) throw new Problem('not_found')
    await tx.update(variants).set({ ...changes, updated_at: ctx.now() }).where(eq(variants.id, id))
    if (changes.price !== undefined && changes.price !== variant.price) {
      tx.emit(priceChanged, {
        product_id: before.product.id,
        variant_id: id,
        old_price_net: variant.price,
        new_price_net: changes.price,
      })
    }
    tx.audit('variant.updated', id, changes)
    return id
  })
}

/** Throws `in_use` for one that orders hold and for a product's last one, `not_found`. */
export async function deleteVariant(ctx: Ctx, id: VariantId): Promise<void> {
  await change(ctx, await productOf(ctx, id), async (tx, { variants: present }) => {
    if (!present.some((each) => each.id === id)) throw new Problem('not_found')
    if (present.length === 1) throw new Problem('in_use', 'A product keeps one variant: delete the product')
    const result = await tx.delete(variants).where(and(eq(variants.id, id), eq(variants.reserved, 0)))
    if (affectedRows(result) === 0) throw new Problem('in_use', 'Pending orders hold units of it')
    tx.audit('variant.deleted', id)
  })
}

async function productOf(ctx: Ctx, id: VariantId): Promise<ProductId> {
  const [row] = await ctx.db.select({ product_id: variants.product_id }).from(variants).where(
    eq(variants.id, id),
  )
  if (!row) throw new Problem('not_found')
  return row.product_id
}

/** Changes the variants of a product, one change at a time, and everything the product keeps of them. */
async function change<R extends VariantId | void>(
  ctx: Ctx,
  product_id: ProductId,
  work: (tx: Tx, before: Details) => Promise<R>,
): Promise<R extends VariantId ? StaffVariant : void> {
  return await ctx.transaction(async (tx) => {
    await nextVersion(ctx, tx, product_id)
    const before = (await findAny(tx, product_id))!
    const id = await work(tx, before)
    const changed = (await findAny(tx, product_id))!
    const { options } = before.product
    checkFit(options.length, changed.variants, id)
    await tx.update(products).set({ options: optionsOf(options, changed.variants) }).where(
      eq(products.id, product_id),
    )
    await refreshProducts(tx, [product_id])
    const after = (await findAny(tx, product_id))!
    announce(tx, after.product, before.product.price_min, ['variants'])
    const variant = after.variants.find((each) => each.id === id)
    return (variant && showStaffVariant(variant, after.rate, ctx.tenant.currency)) as never
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
