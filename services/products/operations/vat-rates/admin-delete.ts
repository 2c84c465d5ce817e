import { and, eq, isNull } from 'drizzle-orm'
import { requireUnused } from '../../../../shared/db/rows.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { products, vatRates } from '../../schema.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { lockVatRate, type VatRateId } from './internal.ts'

/**
 * Throws `in_use` for the default rate, as something has to apply to products without one of their own, and for one
 * that products have, as another rate would be another price. Throws `not_found`.
 */
export async function adminDeleteVatRate(ctx: Ctx, id: VatRateId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const { is_default } = await lockVatRate(tx, id)
    if (is_default) throw new Problem('in_use', 'Make another rate the default first')
    const used = tx.select({ id: products.id }).from(products)
      .where(and(eq(products.vat_rate_id, id), isNull(products.deleted_at))).limit(1)
    await requireUnused(used, 'Products have this rate')
    await tx.delete(vatRates).where(eq(vatRates.id, id))
    announceCatalogue(ctx, tx)
    tx.audit('vat_rate.deleted', id)
  })
}
