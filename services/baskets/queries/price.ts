import type { Id } from '../../../shared/kernel/id.ts'
import type { BasketLine, Quotes } from '../domain/lines.ts'
import { priceBasket, type PricedBasket } from '../domain/price-basket.ts'
import type { OfferedCode } from '../domain/promo-code.ts'
import type { Ctx } from '../needs.ts'

/** Prices, taxes and stocks of now, in one call however many there are. Throws when the catalogue does not answer. */
export async function quote(
  ctx: Ctx,
  wanted: Iterable<Id<'var'>>,
  known: Quotes = new Map(),
): Promise<Quotes> {
  const variants = [...new Set(wanted)].filter((id) => !known.has(id))
  if (variants.length === 0) return known
  const { variants: quoted } = await ctx.ports.catalogue.quote({ variants })
  return new Map([...known, ...quoted.map((each) => [each.variant_id, each] as const)])
}

export const quoteLines = (ctx: Ctx, lines: { variant_id: Id<'var'> }[]): Promise<Quotes> =>
  quote(ctx, lines.map((line) => line.variant_id))

/** As of now, in the mode the shop prices in. */
export const price = (ctx: Ctx, lines: BasketLine[], codes: OfferedCode[], quotes: Quotes): PricedBasket =>
  priceBasket(lines, codes, quotes, { now: ctx.now(), includesVat: ctx.tenant.prices_include_vat })
