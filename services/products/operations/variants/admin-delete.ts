import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { variants } from '../../schema.ts'
import { changeVariants, productOf, type VariantId } from './internal.ts'

/** Throws `in_use` for one that orders hold and for a product's last one, `not_found`. */
export async function adminDeleteVariant(ctx: Ctx, id: VariantId): Promise<void> {
  await changeVariants(ctx, await productOf(ctx, id), async (tx, { variants: present }) => {
    if (!present.some((each) => each.id === id)) throw new Problem('not_found')
    if (present.length === 1) throw new Problem('in_use', 'A product keeps one variant: delete the product')
    const result = await tx.delete(variants).where(and(eq(variants.id, id), eq(variants.reserved, 0)))
    if (affectedRows(result) === 0) throw new Problem('in_use', 'Pending orders hold units of it')
    tx.audit('variant.deleted', id)
  })
}
