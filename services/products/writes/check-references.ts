import { eq, inArray } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import { type FieldError, Problem } from '../../../shared/errors/problem.ts'
import { brands, categories, vatRates } from '../schema.ts'
import type { ProductChanges } from '../shapes/admin-product.ts'

type References = Pick<ProductChanges, 'brand_id' | 'vat_rate_id' | 'category_ids'>

/** Throws `validation_failed` naming what isn't there. */
export async function checkReferences(
  tx: Executor,
  { brand_id, vat_rate_id, category_ids = [] }: References,
): Promise<void> {
  const errors: FieldError[] = []
  if (
    brand_id && (await tx.select({ id: brands.id }).from(brands).where(eq(brands.id, brand_id))).length === 0
  ) {
    errors.push({ pointer: '/brand_id', message: 'is no brand of this shop' })
  }
  if (
    vat_rate_id &&
    (await tx.select({ id: vatRates.id }).from(vatRates).where(eq(vatRates.id, vat_rate_id))).length === 0
  ) {
    errors.push({ pointer: '/vat_rate_id', message: 'is no VAT rate of this shop' })
  }
  if (category_ids.length > 0) {
    const found = await tx.select({ id: categories.id }).from(categories).where(
      inArray(categories.id, category_ids),
    )
    const known = new Set<string>(found.map(({ id }) => id))
    category_ids.forEach((id, at) => {
      if (!known.has(id)) {
        errors.push({ pointer: `/category_ids/${at}`, message: 'is no category of this shop' })
      }
    })
  }
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors })
}
