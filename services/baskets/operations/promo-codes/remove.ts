import { Problem } from '../../../../shared/errors/problem.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import type { Ctx } from '../../needs.ts'
import { changeBasket } from '../../writes/change-basket.ts'
import { type Answer, answer, holderOf } from '../baskets/internal.ts'

/** Throws `not_found` for a code that the basket doesn't hold. */
export async function removePromoCode(ctx: Ctx, token: string | undefined, id: Id<'promo'>): Promise<Answer> {
  const changed = await changeBasket(ctx, holderOf(ctx, token), (draft) => {
    const codes = draft.codes.filter((code) => code.id !== id)
    if (codes.length === draft.codes.length) throw new Problem('not_found')
    return { ...draft, codes }
  })
  return answer(ctx, changed)
}
