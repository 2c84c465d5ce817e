import { Problem } from '../../../../shared/errors/problem.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import { money } from '../../../../shared/kernel/money.ts'
import { type BothSides, type PricedLine, showPrice, showVat } from '../../../../shared/kernel/vat.ts'
import { hashOfToken } from '../../domain/guest-token.ts'
import type { Notice, Offer, PricedBasket } from '../../domain/price-basket.ts'
import type { Ctx } from '../../needs.ts'
import { price, quoteLines } from '../../queries/price.ts'
import { findBasket, type Holder } from '../../queries/baskets.ts'
import type { Basket } from '../../shapes/basket.ts'
import type { Changed } from '../../writes/change-basket.ts'

/** `token`: the one a new guest now holds the basket by. */
export type Answer = { basket: Basket; token?: string }

/**
 * Whose basket a request is about. An account's never opens by a token; a token that is not one, or that nobody
 * was given, is like none.
 */
export const holderOf = ({ actor }: Ctx, token: string | undefined): Holder =>
  actor.type === 'user' ? { type: 'user', id: actor.id } : guestOf(token)

export function guestOf(token: string | undefined): Holder {
  const token_hash = hashOfToken(token)
  return token_hash ? { type: 'guest', token_hash } : { type: 'stranger' }
}

/** The guard let nobody else pass. */
export function userOf(ctx: Ctx): Id<'user'> {
  if (ctx.actor.type !== 'user') throw new Problem('unauthenticated')
  return ctx.actor.id
}

/** The basket as it is now. One that isn't there is shown empty, without an id. `told`: notices of this request alone. */
export async function present(ctx: Ctx, holder: Holder, told: Notice[] = []): Promise<Basket> {
  const stored = await findBasket(ctx.db, holder)
  const { id = null, version = 0, lines = [], codes = [] } = stored ?? {}
  const priced = price(ctx, lines, codes, await quoteLines(ctx, lines))
  return showBasket(ctx, { id, version, priced }, told)
}

export const answer = (ctx: Ctx, changed: Changed, told: Notice[] = []): Answer => ({
  basket: showBasket(ctx, changed, told),
  token: changed.token,
})

function showBasket(
  { tenant: { currency } }: Ctx,
  { id, version, priced }: Pick<Changed, 'id' | 'version' | 'priced'>,
  told: Notice[],
): Basket {
  const show = (sides: BothSides) => showPrice(sides, currency)
  const { subtotal, discount, total, vat, vat_breakdown, lines } = priced.totals
  return {
    id,
    version,
    lines: priced.lines.map((offer, i) => showLine(offer, lines[i]!, show)),
    item_count: priced.lines.reduce((count, line) => count + line.purchasable, 0),
    promo_codes: priced.codes.map((each) => showCode(each, show)),
    free_shipping: priced.free_shipping,
    notices: [...told, ...priced.notices],
    totals: {
      subtotal: show(subtotal),
      discount: show(discount),
      total: show(total),
      vat: money(vat, currency),
      vat_breakdown: showVat(vat_breakdown, currency),
    },
  }
}

type Show = (sides: BothSides) => ReturnType<typeof showPrice>

const showCode = ({ code, discount, refusal }: PricedBasket['codes'][number], show: Show) => ({
  id: code.id,
  code: code.code,
  name: code.name,
  kind: code.kind,
  discount: show(discount),
  is_applied: refusal === null,
})

const showLine = ({ line, quoted, price, purchasable }: Offer, amounts: PricedLine, show: Show) => ({
  id: line.id,
  product_id: line.product_id,
  variant_id: line.variant_id,
  name: quoted?.name ?? line.name,
  ref: quoted?.ref ?? line.product_ref,
  sku: quoted?.sku ?? null,
  slug: quoted?.slug ?? null,
  option_values: quoted?.option_values ?? [],
  image_url: quoted?.image_url ?? null,
  quantity: line.quantity,
  purchasable_quantity: purchasable,
  unit_price: price === null ? null : show(amounts.unit_price),
  vat_rate: quoted?.vat_rate ?? null,
  subtotal: show(amounts.subtotal),
  discount: show(amounts.discount),
  total: show(amounts.total),
  requires_shipping: quoted?.requires_shipping ?? false,
})
