import type { Id } from '../../../shared/kernel/id.ts'
import { addUp, type BothSides, priceLines, type Totals, unitPrice } from '../../../shared/kernel/vat.ts'
import type { QuotedVariant } from '../../products/ports.ts'
import { discountOf } from './discount.ts'
import type { BasketLine, Quotes } from './lines.ts'
import type { OfferedCode, Refusal } from './promo-code.ts'

export type Notice =
  | { kind: 'price_changed' | 'quantity_reduced'; line_id: Id<'bli'>; from: number; to: number }
  | { kind: 'unavailable'; line_id: Id<'bli'> }
  | { kind: 'promo_code_not_applied'; promo_code_id: Id<'promo'> }
  | { kind: 'line_not_merged'; variant_id: Id<'var'> }

/** A line and what the catalogue says of it now. */
export type Offer = {
  line: BasketLine
  /** Undefined: gone from the catalogue. */
  quoted: QuotedVariant | undefined
  /** As the shop enters it; null: not for sale. */
  price: number | null
  /** How many of the wanted units can be bought now. */
  purchasable: number
  /** By all codes together, as entered. */
  discount: number
}

export type PricedBasket = {
  lines: Offer[]
  codes: { code: OfferedCode; discount: BothSides; refusal: Refusal | null }[]
  free_shipping: boolean
  /** Its lines are those of `lines`, in their order. */
  totals: Totals
  notices: Notice[]
}

const NO_SHIPPING = { price: 0, vat_rate: 0 }

/**
 * A basket at the prices and stocks of now, in the mode the shop prices in. Lines that can't be bought stay in it and
 * count for nothing.
 */
export function priceBasket(
  lines: BasketLine[],
  codes: OfferedCode[],
  quotes: Quotes,
  { now, includesVat }: { now: Date; includesVat: boolean },
): PricedBasket {
  const offers = lines.map((line) => offerOf(line, quotes.get(line.variant_id)))
  const taxable = offers.map(({ price, purchasable, quoted }) => ({
    price: price ?? 0,
    quantity: purchasable,
    vat_rate: quoted?.vat_rate ?? 0,
    discount: 0,
  }))
  const discounts = discountOf(
    offers.map(({ line, quoted }, i) => ({
      product_id: line.product_id,
      category_ids: quoted?.category_ids ?? [],
      subtotal: taxable[i]!.price * taxable[i]!.quantity,
    })),
    codes,
    now,
  )
  const given = codes.map((code, i) => {
    const { shares, refusal } = discounts.codes[i]!
    const discount = addUp(taxable.map((line, at) => {
      const before = entered(line)
      line.discount += shares[at]!
      return difference(before, entered(line), line.vat_rate, includesVat)
    }))
    return { code, discount, refusal }
  })
  return {
    lines: offers.map((offer, i) => ({ ...offer, discount: taxable[i]!.discount })),
    codes: given,
    free_shipping: discounts.free_shipping,
    totals: priceLines(taxable, NO_SHIPPING, includesVat),
    notices: [
      ...offers.flatMap(noticesOf),
      ...given.filter(({ refusal }) => refusal).map(({ code }): Notice => ({
        kind: 'promo_code_not_applied',
        promo_code_id: code.id,
      })),
    ],
  }
}

const entered = (line: { price: number; quantity: number; discount: number }) =>
  line.price * line.quantity - line.discount

/** What a code took off a line, on both sides: by these steps the codes' discounts add up to the line's. */
function difference(before: number, after: number, vat_rate: number, includesVat: boolean): BothSides {
  const [was, is] = [unitPrice(before, vat_rate, includesVat), unitPrice(after, vat_rate, includesVat)]
  return { net: was.net - is.net, gross: was.gross - is.gross }
}

function offerOf(line: BasketLine, quoted: QuotedVariant | undefined): Offer {
  const price = quoted?.price ?? null
  const purchasable = price === null
    ? 0
    : Math.min(line.quantity, Math.max(quoted!.available ?? line.quantity, 0))
  return { line, quoted, price, purchasable, discount: 0 }
}

function noticesOf({ line, purchasable, price }: Offer): Notice[] {
  const line_id = line.id
  if (purchasable === 0) return [{ kind: 'unavailable', line_id }]
  const notices: Notice[] = []
  if (purchasable < line.quantity) {
    notices.push({ kind: 'quantity_reduced', line_id, from: line.quantity, to: purchasable })
  }
  if (price !== line.price) notices.push({ kind: 'price_changed', line_id, from: line.price, to: price! })
  return notices
}
