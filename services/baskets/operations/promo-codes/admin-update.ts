import { and, eq, isNull, sql } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { promoCodes } from '../../schema.ts'
import type { PromoCode, PromoCodeChanges } from '../../shapes/promo-code.ts'
import {
  dateOf,
  fetchPromoCode,
  type PromoRow,
  refuseDuplicate,
  refuseFaults,
  showPromoCode,
} from './internal.ts'

/** Throws `precondition_failed` when it is no longer at `version`. Baskets that hold the code follow at once. */
export async function adminUpdatePromoCode(
  ctx: Ctx,
  id: PromoRow['id'],
  version: number,
  changes: PromoCodeChanges,
): Promise<PromoCode> {
  return await ctx.transaction(async (tx) => {
    const row = await fetchPromoCode(tx, id)
    if (row.version !== version) throw new Problem('precondition_failed')
    refuseFaults({ ...showPromoCode(row), ...changes })
    const changed = await tx.update(promoCodes).set({
      ...asStored(changes),
      ...(changes.code !== undefined && { live_code: changes.code }),
      version: sql`version + 1`,
      updated_at: ctx.now(),
    }).where(and(eq(promoCodes.id, id), eq(promoCodes.version, version), isNull(promoCodes.deleted_at)))
      .catch(refuseDuplicate)
    if (affectedRows(changed) === 0) throw new Problem('precondition_failed')
    tx.audit('promo_code.updated', id, changes)
    return showPromoCode(await fetchPromoCode(tx, id))
  })
}

const asStored = ({ starts_at, ends_at, ...rest }: PromoCodeChanges) => ({
  ...rest,
  ...(starts_at !== undefined && { starts_at: dateOf(starts_at) }),
  ...(ends_at !== undefined && { ends_at: dateOf(ends_at) }),
})
