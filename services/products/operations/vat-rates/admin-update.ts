import { eq } from 'drizzle-orm'
import { Problem } from '../../../../shared/errors/problem.ts'
import { DEFAULT_RATE, outdate } from '../../documents/outdated.ts'
import type { Ctx } from '../../needs.ts'
import { vatRates } from '../../schema.ts'
import type { VatRate, VatRateChanges } from '../../shapes/vat-rate.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { clearDefault, lockVatRate, refuseTaken, showVatRate, type VatRateId } from './internal.ts'

/**
 * A shop always has one default rate: it ends by making another the default. Throws `in_use` for taking the mark from
 * the default, `not_found`, `already_exists`.
 */
export async function adminUpdateVatRate(ctx: Ctx, id: VatRateId, changes: VatRateChanges): Promise<VatRate> {
  return await ctx.transaction(async (tx) => {
    const before = await lockVatRate(tx, id)
    if (before.is_default && changes.is_default === false) {
      throw new Problem('in_use', 'Make another rate the default instead')
    }
    if (changes.is_default) await clearDefault(tx)
    const changed = {
      ...changes,
      is_default: changes.is_default || before.is_default,
      updated_at: ctx.now(),
    }
    await tx.update(vatRates).set(changed).where(eq(vatRates.id, id)).catch(refuseTaken)
    const isOther = changes.rate !== undefined && changes.rate !== before.rate
    if (isOther) await outdate(ctx, tx, id)
    if (changed.is_default && (isOther || !before.is_default)) await outdate(ctx, tx, DEFAULT_RATE)
    announceCatalogue(ctx, tx)
    tx.audit('vat_rate.updated', id, changes)
    return showVatRate({ ...before, ...changed })
  })
}
