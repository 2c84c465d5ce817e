import { grossOf, priceLines, type Totals } from '../../../shared/kernel/vat.ts'
import type { Id } from '../../../shared/kernel/id.ts'
import type { QuotedVariant } from '../../products/ports.ts'
import { discountOf } from './discount.ts'
import type { BasketLine, Quotes } from './lines.ts'
import type { OfferedCode, Refusal } from './promo-code.ts'

export type Notice =
  | { kind: 'price_changed' | 'quantity_reduced'; line_id: Id<'bli'>; from: number; to: number }
  | { kind: 'unavailable'; line_id: Id<'bli'> }
  | { kind: 'promo_code_not_applied'; promo_code_id: Id<'promo'> }
  | { kind: 'line_not_merged'; variant_id: Id<'var'> }

export type PricedLine = {
  line: BasketLine
  /** Undefined: gone from the catalogue. */
  quoted: QuotedVariant | undefined
  /** How many of the wanted units can be bought now. */
  purchasable: number
  unit_net: number | null
  unit_gross: number | null
  /** Before the discount. */
  net: number
}

export type PricedBasket = {
  lines: PricedLine[]
  codes: { code: OfferedCode; discount: number; refusal: Refusal | null }[]
  free_shipping: boolean
  totals: Totals
  notices: Notice[]
}

/** A basket at the prices and stocks of now. Lines that can't be bought stay in it and count for nothing. */
export function priceBasket(
  lines: BasketLine[],
  codes: OfferedCode[],
  quotes: Quotes,
  now: Date,
): PricedBasket {
  const priced = lines.map((line) => priceLine(line, quotes.get(line.variant_id)))
  const discountable = priced.map(({ line, quoted, net }) => ({
    product_id: line.product_id,
    category_ids: quoted?.category_ids ?? [],
    net,
  }))
  const discounts = discountOf(discountable, codes, now)
  const taxable = priced.map(({ quoted, purchasable, unit_net }) => ({
    unit_net: unit_net ?? 0,
    quantity: purchasable,
    vat_rate: quoted?.vat_rate ?? 0,
  }))
  const given = codes.map((code, i) => {
    const { amount, refusal } = discounts.codes[i]!
    return { code, discount: amount, refusal }
  })
  return {
    lines: priced,
    codes: given,
    free_shipping: discounts.free_shipping,
    totals: priceLines(taxable, discounts.discount),
    notices: [
      ...priced.flatMap(noticesOf),
      ...given.filter(({ refusal }) => refusal).map(({ code }): Notice => ({
        kind: 'promo_code_not_applied',
        promo_code_id: code.id,
      })),
    ],
  }
}

function priceLine(line: BasketLine, quoted: QuotedVariant | undefined): PricedLine {
  const unit_net = quoted?.unit_net ?? null
  const purchasable = unit_net === null
    ? 0
    : Math.min(line.quantity, Math.max(quoted!.available ?? line.quantity, 0))
  const unit_gross = unit_net === null ? null : grossOf(unit_net, quoted!.vat_rate)
  return { line, quoted, purchasable, unit_net, unit_gross, net: (unit_net ?? 0) * purchasable }
}

function noticesOf({ line, purchasable, unit_net }: PricedLine): Notice[] {
  const line_id = line.id
  if (purchasable === 0) return [{ kind: 'unavailable', line_id }]
  const notices: Notice[] = []
  if (purchasable < line.quantity) {
    notices.push({ kind: 'quantity_reduced', line_id, from: line.quantity, to: purchasable })
  }
  if (unit_net !== line.price_net) {
    notices.push({ kind: 'price_changed', line_id, from: line.price_net, to: unit_net! })
  }
  return notices
}
