import { and, asc, eq, gt, or } from 'drizzle-orm'
import { encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { numberCursor } from '../../queries/cursors.ts'
import { vatRates } from '../../schema.ts'
import type { VatRate } from '../../shapes/vat-rate.ts'
import { showVatRate } from './internal.ts'

/** From the lowest on. Throws `invalid_cursor`. */
export async function listVatRates(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<VatRate>> {
  const after = numberCursor('rate', 'vat', query.cursor)
  const rows = await ctx.db.select().from(vatRates)
    .where(
      after && or(gt(vatRates.rate, after.key), and(eq(vatRates.rate, after.key), gt(vatRates.id, after.id))),
    )
    .orderBy(asc(vatRates.rate), asc(vatRates.id))
    .limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('rate', [row.rate, row.id]), showVatRate)
}
