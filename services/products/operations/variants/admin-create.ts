import { madeAt } from '../../../../shared/db/columns.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { variants } from '../../schema.ts'
import { MAX_VARIANTS } from '../../shapes/admin-product.ts'
import type { AdminVariant, NewVariant } from '../../shapes/variant.ts'
import { changeVariants } from './internal.ts'

/** Throws `not_found`, `validation_failed` (option values that don't fit, or are there already; one too many). */
export async function adminCreateVariant(
  ctx: Ctx,
  product_id: `prod_${string}`,
  input: NewVariant,
): Promise<AdminVariant> {
  const id = ctx.newId('var')
  return await changeVariants(ctx, product_id, async (tx, { variants: present }) => {
    if (present.length >= MAX_VARIANTS) {
      throw new Problem('validation_failed', `A product has ${MAX_VARIANTS} variants at most`)
    }
    const position = Math.max(-1, ...present.map((variant) => variant.position)) + 1
    await tx.insert(variants).values({ ...input, id, product_id, position, ...madeAt(ctx.now()) })
    tx.audit('variant.created', id, input)
    return id
  })
}
