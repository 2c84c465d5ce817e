import { madeAt } from '../../../../shared/db/columns.ts'
import type { Ctx } from '../../needs.ts'
import { promoCodes } from '../../schema.ts'
import type { NewPromoCode, PromoCode } from '../../shapes/promo-code.ts'
import { dateOf, fetchPromoCode, refuseFaults, refuseTaken, showPromoCode } from './internal.ts'

/** Throws `already_exists` for a code in use, whatever its case, and `validation_failed` for terms that clash. */
export async function adminCreatePromoCode(ctx: Ctx, input: NewPromoCode): Promise<PromoCode> {
  refuseFaults(input)
  return await ctx.transaction(async (tx) => {
    const id = ctx.newId('promo')
    const row = { ...input, id, live_code: input.code, ...madeAt(ctx.now()) }
    const dates = { starts_at: dateOf(input.starts_at), ends_at: dateOf(input.ends_at) }
    await tx.insert(promoCodes).values({ ...row, ...dates }).catch(refuseTaken)
    tx.audit('promo_code.created', id, input)
    return showPromoCode(await fetchPromoCode(tx, id))
  })
}
