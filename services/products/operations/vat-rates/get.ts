import type { Ctx } from '../../needs.ts'
import type { VatRate } from '../../shapes/vat-rate.ts'
import { fetchVatRate, showVatRate, type VatRateId } from './internal.ts'

/** Throws `not_found`. */
export async function getVatRate(ctx: Ctx, id: VatRateId): Promise<VatRate> {
  return showVatRate(await fetchVatRate(ctx.db, id))
}
