import { eq } from 'drizzle-orm'
import { found } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { vatRates } from '../../schema.ts'
import type { VatRate } from '../../shapes/vat-rate.ts'
import { showVatRate, type VatRateId } from './internal.ts'

/** Throws `not_found`. */
export async function getVatRate(ctx: Ctx, id: VatRateId): Promise<VatRate> {
  return showVatRate(found(await ctx.db.select().from(vatRates).where(eq(vatRates.id, id))))
}
