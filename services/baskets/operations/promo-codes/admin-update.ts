import { and, eq, isNull } from 'drizzle-orm'
import { type ExpectedVersions, updateVersion } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { promoCodes } from '../../schema.ts'
import type { PromoCode, PromoCodeChanges } from '../../shapes/promo-code.ts'
import {
  dateOf,
  fetchPromoCode,
  type PromoRow,
  refuseFaults,
  refuseTaken,
  showPromoCode,
} from './internal.ts'

/**
 * Throws `not_found`, and `precondition_failed` when it is at none of the versions expected. Baskets that hold the code
 * follow at once.
 */
export async function adminUpdatePromoCode(
  ctx: Ctx,
  id: PromoRow['id'],
  expected: ExpectedVersions,
  changes: PromoCodeChanges,
): Promise<PromoCode> {
  return await ctx.transaction(async (tx) => {
    const before = await fetchPromoCode(tx, id)
    refuseFaults({ ...showPromoCode(before), ...changes })
    const row = and(eq(promoCodes.id, id), isNull(promoCodes.deleted_at))
    // Terms are judged together: where any version may be changed, it is still the one that was judged.
    await updateVersion(tx, promoCodes, row, expected === 'any' ? [before.version] : expected, {
      ...asStored(changes),
      ...(changes.code !== undefined && { live_code: changes.code }),
      updated_at: ctx.now(),
    }).catch(refuseTaken)
    tx.audit('promo_code.updated', id, changes)
    return showPromoCode(await fetchPromoCode(tx, id))
  })
}

const asStored = ({ starts_at, ends_at, ...rest }: PromoCodeChanges) => ({
  ...rest,
  ...(starts_at !== undefined && { starts_at: dateOf(starts_at) }),
  ...(ends_at !== undefined && { ends_at: dateOf(ends_at) }),
})
