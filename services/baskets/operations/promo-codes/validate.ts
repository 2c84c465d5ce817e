import { money } from '../../../../shared/kernel/money.ts'
import { showPrice } from '../../../../shared/kernel/vat.ts'
import { goesWith } from '../../domain/promo-code.ts'
import type { Ctx } from '../../needs.ts'
import { price, quoteLines } from '../../queries/price.ts'
import { findBasket } from '../../queries/baskets.ts'
import type { CheckedPromoCode } from '../../shapes/basket.ts'
import { holderOf } from '../baskets/internal.ts'
import { guessCode } from './internal.ts'

/** What a code would do to the caller's basket, without applying it. Throws as applying does. */
export async function validatePromoCode(
  ctx: Ctx,
  token: string | undefined,
  text: string,
): Promise<CheckedPromoCode> {
  const code = await guessCode(ctx, text)
  const { lines, codes } = await findBasket(ctx.db, holderOf(ctx, token)) ?? { lines: [], codes: [] }
  const others = codes.filter(({ id }) => id !== code.id)
  const priced = price(ctx, lines, [...others, code], await quoteLines(ctx, lines))
  const { discount, refusal } = priced.codes.at(-1)!
  const { minimum_purchase } = code
  const { currency } = ctx.tenant
  return {
    code: code.code,
    name: code.name,
    kind: code.kind,
    is_applicable: refusal === null && goesWith(code, others),
    discount: showPrice(discount, currency),
    minimum_purchase: minimum_purchase === null ? null : money(minimum_purchase, currency),
  }
}
