import { eq } from 'drizzle-orm'
import { Problem } from '../../../../shared/errors/problem.ts'
import { priceChanged } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { variants } from '../../schema.ts'
import type { AdminVariant, VariantChanges } from '../../shapes/variant.ts'
import { changeVariants, productOf, type VariantId } from './internal.ts'

/** Throws `not_found`, `validation_failed`. */
export async function adminUpdateVariant(
  ctx: Ctx,
  id: VariantId,
  changes: VariantChanges,
): Promise<AdminVariant> {
  return await changeVariants(ctx, await productOf(ctx, id), async (tx, before) => {
    const variant = before.variants.find((each) => each.id === id)
    if (!variant) throw new Problem('not_found')
    await tx.update(variants).set({ ...changes, updated_at: ctx.now() }).where(eq(variants.id, id))
    if (changes.price !== undefined && changes.price !== variant.price) {
      tx.emit(priceChanged, {
        product_id: before.product.id,
        variant_id: id,
        old_price: variant.price,
        new_price: changes.price,
      })
    }
    tx.audit('variant.updated', id, changes)
    return id
  })
}
