import { madeAt } from '../../../../shared/db/columns.ts'
import { DEFAULT_RATE, outdate } from '../../documents/outdated.ts'
import type { Ctx } from '../../needs.ts'
import { vatRates } from '../../schema.ts'
import type { NewVatRate, VatRate } from '../../shapes/vat-rate.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { clearDefault, lockVatRates, refuseTaken, showVatRate } from './internal.ts'

/** A new default takes the place of the old one. Throws `already_exists` for a name in use. */
export async function adminCreateVatRate(ctx: Ctx, input: NewVatRate): Promise<VatRate> {
  return await ctx.transaction(async (tx) => {
    await lockVatRates(tx)
    if (input.is_default) await clearDefault(tx)
    const is_default = input.is_default || null
    const row = { id: ctx.newId('vat'), ...input, is_default, ...madeAt(ctx.now()) }
    await tx.insert(vatRates).values(row).catch(refuseTaken)
    if (row.is_default) await outdate(ctx, tx, DEFAULT_RATE)
    announceCatalogue(ctx, tx)
    tx.audit('vat_rate.created', row.id, input)
    return showVatRate(row)
  })
}
