import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { vatRates } from '../../schema.ts'
import type { VatRate } from '../../shapes/vat-rate.ts'
import { showVatRate } from './internal.ts'

const byRate = keyset('rate', { rate: vatRates.rate, id: vatRates.id })

/** From the lowest on. Throws `invalid_cursor`. */
export async function listVatRates(ctx: Ctx, query: PageQuery): Promise<Page<VatRate>> {
  return await byRate.list(ctx.db.select().from(vatRates), query, showVatRate)
}
