import { madeAt } from '../../../../shared/db/columns.ts'
import type { Ctx } from '../../needs.ts'
import { vatRates } from '../../schema.ts'

/** The French rates, in basis points. */
const RATES = [
  { name: 'Zero rate', rate: 0 },
  { name: 'Reduced rate', rate: 550 },
  { name: 'Intermediate rate', rate: 1_000 },
  { name: 'Standard rate', rate: 2_000 },
]
const DEFAULT_RATE = 2_000

/** Only where there are none: a shop may have renamed or removed them. */
export async function seed(ctx: Ctx): Promise<void> {
  await ctx.transaction(async (tx) => {
    if ((await tx.select({ id: vatRates.id }).from(vatRates).limit(1)).length > 0) return
    await tx.insert(vatRates).ignore().values(RATES.map((rate) => ({
      ...rate,
      id: ctx.newId('vat'),
      is_default: rate.rate === DEFAULT_RATE || null,
      ...madeAt(ctx.now()),
    })))
  })
}
