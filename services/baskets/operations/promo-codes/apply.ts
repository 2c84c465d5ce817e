import { Problem } from '../../../../shared/errors/problem.ts'
import { money } from '../../../../shared/kernel/money.ts'
import { goesWith, type OfferedCode, type Refusal } from '../../domain/promo-code.ts'
import type { Ctx } from '../../needs.ts'
import { price } from '../../queries/price.ts'
import { changeBasket } from '../../writes/change-basket.ts'
import type { Draft } from '../../writes/plan.ts'
import { type Answer, answer, holderOf } from '../baskets/internal.ts'
import { guessCode } from './internal.ts'

/**
 * Throws `basket_empty`, `too_many_requests`, and `promo_code_refused`: without a word for any code that doesn't
 * exist or can't be used, with the reason for one that could.
 */
export async function applyPromoCode(ctx: Ctx, token: string | undefined, text: string): Promise<Answer> {
  const code = await guessCode(ctx, text)
  const changed = await changeBasket(ctx, holderOf(ctx, token), (draft, quotes) => {
    if (draft.lines.length === 0) throw new Problem('basket_empty')
    const next = withCode(draft, code)
    const { refusal } = price(ctx, next.lines, next.codes, quotes).codes.at(-1)!
    if (refusal) throw refused(refusal, code, ctx.tenant.currency)
    return next
  })
  return answer(ctx, changed)
}

function withCode(draft: Draft, code: OfferedCode): Draft {
  if (draft.codes.some(({ id }) => id === code.id)) {
    throw new Problem('promo_code_refused', 'The basket has this code already')
  }
  if (!goesWith(code, draft.codes)) {
    throw new Problem('promo_code_refused', 'This code cannot be combined with those of the basket')
  }
  const stored_discount = { net: 0, gross: 0 }
  return { ...draft, codes: [...draft.codes, { ...code, position: draft.codes.length, stored_discount }] }
}

function refused(refusal: Refusal, { minimum_purchase }: OfferedCode, currency: string): Problem {
  if (refusal === 'minimum_purchase') {
    return new Problem('promo_code_refused', 'The basket is below the minimum of this code', {
      minimum_purchase: money(minimum_purchase!, currency),
    })
  }
  return refusal === 'not_applicable'
    ? new Problem('promo_code_refused', 'Nothing in the basket is covered by this code')
    : new Problem('promo_code_refused')
}
