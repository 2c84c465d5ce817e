import { Problem } from '../../../shared/errors/problem.ts'
import { quantities } from '../domain/quantities.ts'
import type { Ctx } from '../needs.ts'
import type { QuoteRequest } from '../shapes/quote.ts'

/** Whose basket: an account's, or that of a guest who holds its token. */
export type BasketHolder = Parameters<Ctx['ports']['checkout']['read']>[0]['holder']
type Read = NonNullable<Awaited<ReturnType<Ctx['ports']['checkout']['read']>>['basket']>
/** A basket of which every line has a price. */
export type OrderableBasket = Omit<Read, 'lines'> & { lines: (Read['lines'][number] & { price: number })[] }

/**
 * The basket as it can be ordered. Throws `basket_empty`, `basket_changed`, `not_purchasable` naming the lines,
 * `promo_code_refused` naming the codes that don't hold any more, and `out_of_stock` where it is plain already: whether
 * stock is left is decided by the reservation alone.
 */
export async function readBasket(
  ctx: Ctx,
  holder: BasketHolder,
  input: Pick<QuoteRequest, 'basket_id' | 'basket_version'>,
): Promise<OrderableBasket> {
  const { basket } = await ctx.ports.checkout.read({
    holder,
    ...(input.basket_id && { basket_id: input.basket_id }),
  })
  if (!basket || basket.lines.length === 0) throw new Problem('basket_empty')
  if (input.basket_version !== undefined && input.basket_version !== basket.version) {
    throw new Problem('basket_changed', undefined, { basket_version: basket.version })
  }
  const unpriced = basket.lines.filter((line) => line.price === null)
  if (unpriced.length > 0) {
    const lines = unpriced.map(({ line_id, variant_id, name }) => ({ line_id, variant_id, name }))
    throw new Problem('not_purchasable', undefined, { lines })
  }
  refuseShortage(basket.lines)
  if (basket.refused_codes.length > 0) {
    throw new Problem(
      'promo_code_refused',
      'A code of the basket gives nothing now: take it off, or change the basket',
      {
        promo_codes: basket.refused_codes,
      },
    )
  }
  return basket as OrderableBasket
}

function refuseShortage(
  lines: { variant_id: `var_${string}`; quantity: number; available: number | null }[],
): void {
  const available = new Map(lines.map((line) => [line.variant_id, line.available]))
  const short = quantities(lines)
    .map(({ variant_id, quantity }) => ({
      variant_id,
      requested: quantity,
      available: available.get(variant_id) ?? null,
    }))
    .filter((line) => line.available !== null && line.available < line.requested)
  if (short.length > 0) throw new Problem('out_of_stock', undefined, { lines: short })
}
