import { Problem } from '../../../shared/errors/problem.ts'
import type { Id } from '../../../shared/kernel/id.ts'
import { money } from '../../../shared/kernel/money.ts'
import { Attempts } from '../domain/attempts.ts'
import { priceBasket } from '../domain/price-basket.ts'
import { goesWith, isValid, normalCode, type OfferedCode, type Refusal } from '../domain/promo-code.ts'
import type { Ctx } from '../needs.ts'
import { findBasket, findCode } from '../queries.ts'
import type { CheckedPromoCode } from '../shapes/basket.ts'
import { holderOf } from './caller.ts'
import { type Answer, changeBasket, type Draft } from './change-basket.ts'
import { mergeAtLogin } from './merge-guest.ts'
import { quote } from './quote.ts'

/** Failed guesses at codes: 10 a minute for an account or an address, here and in validating together. */
const guesses = new Attempts({ limit: 10, windowMs: 60_000, maxKeys: 20_000 })

/**
 * Throws `basket_empty`, `too_many_requests`, and `promo_code_refused`: without a word for any code that doesn't
 * exist or can't be used, with the reason for one that could.
 */
export async function applyCode(ctx: Ctx, token: string | undefined, text: string): Promise<Answer> {
  const told = await mergeAtLogin(ctx, token)
  const code = await findUsableCode(ctx, text)
  return await changeBasket(ctx, holderOf(ctx, token), (draft, quotes) => {
    if (draft.lines.length === 0) throw new Problem('basket_empty')
    const next = withCode(draft, code)
    const { refusal } = priceBasket(next.lines, next.codes, quotes, ctx.now()).codes.at(-1)!
    if (refusal) throw refused(refusal, code, ctx.tenant.currency)
    return next
  }, { told })
}

/** Throws `not_found` for a code that the basket doesn't hold. */
export async function removeCode(ctx: Ctx, token: string | undefined, id: Id<'promo'>): Promise<Answer> {
  const told = await mergeAtLogin(ctx, token)
  return await changeBasket(ctx, holderOf(ctx, token), (draft) => {
    const codes = draft.codes.filter((code) => code.id !== id)
    if (codes.length === draft.codes.length) throw new Problem('not_found')
    return { ...draft, codes }
  }, { told })
}

/** What a code would do to the caller's basket, without applying it. Throws as applying does. */
export async function checkCode(
  ctx: Ctx,
  token: string | undefined,
  text: string,
): Promise<CheckedPromoCode> {
  await mergeAtLogin(ctx, token)
  const code = await findUsableCode(ctx, text)
  const { lines, codes } = await findBasket(ctx.db, holderOf(ctx, token)) ?? { lines: [], codes: [] }
  const others = codes.filter(({ id }) => id !== code.id)
  const quotes = await quote(ctx, lines.map((line) => line.variant_id))
  const { discount, refusal } = priceBasket(lines, [...others, code], quotes, ctx.now()).codes.at(-1)!
  const { minimum_purchase } = code
  return {
    code: code.code,
    name: code.name,
    kind: code.kind,
    is_applicable: refusal === null && goesWith(code, others),
    discount: money(discount, ctx.tenant.currency),
    minimum_purchase: minimum_purchase === null ? null : money(minimum_purchase, ctx.tenant.currency),
  }
}

/** Unknown, switched off, not begun, ended and used up look the same, and cost a guess. */
async function findUsableCode(ctx: Ctx, text: string): Promise<OfferedCode> {
  const { actor, origin, tenant } = ctx
  const key = `${tenant.id}/${actor.type === 'user' ? actor.id : origin.ip ?? ''}`
  const wait = guesses.waitS(key, ctx.now())
  if (wait > 0) throw new Problem('too_many_requests', undefined, {}, { 'retry-after': String(wait) })
  const code = await findCode(ctx.db, normalCode(text), actor.type === 'user' ? actor.id : null)
  if (code && isValid(code, ctx.now())) return code
  guesses.fail(key, ctx.now())
  throw new Problem('promo_code_refused')
}

function withCode(draft: Draft, code: OfferedCode): Draft {
  if (draft.codes.some(({ id }) => id === code.id)) {
    throw new Problem('promo_code_refused', 'The basket has this code already')
  }
  if (!goesWith(code, draft.codes)) {
    throw new Problem('promo_code_refused', 'This code cannot be combined with those of the basket')
  }
  return { ...draft, codes: [...draft.codes, { ...code, position: draft.codes.length, stored_discount: 0 }] }
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
