import { basisPoints, type Money, money, ratio, sum } from './money.ts'

/** One amount without VAT and with it, minor units. */
export type BothSides = { net: number; gross: number }

/**
 * Both sides of an amount as it was entered: with VAT where the shop prices so (`includesVat`), else without. The
 * entered side stays as it is, the other is rounded half up. `vat_rate` in basis points (2,000 = 20 %).
 */
export const unitPrice = (price: number, vat_rate: number, includesVat: boolean): BothSides =>
  includesVat
    ? { net: ratio(price, 10_000, 10_000 + vat_rate), gross: price }
    : { net: price, gross: price + basisPoints(price, vat_rate) }

/** As callers see it. */
export const showPrice = ({ net, gross }: BothSides, currency: string): { net: Money; gross: Money } => ({
  net: money(net, currency),
  gross: money(gross, currency),
})

export const showVat = (breakdown: VatShare[], currency: string) =>
  breakdown.map(({ rate, net, vat, gross }) => ({
    rate,
    net: money(net, currency),
    vat: money(vat, currency),
    gross: money(gross, currency),
  }))

/** `price` and `discount` as entered; the discount is the line's own, and at most price × quantity. */
export type TaxableLine = { price: number; quantity: number; vat_rate: number; discount: number }

export type PricedLine = {
  unit_price: BothSides
  /** Before the discount. */
  subtotal: BothSides
  discount: BothSides
  /** What is paid. */
  total: BothSides
  vat: number
}

export type VatShare = { rate: number; net: number; vat: number; gross: number }

export type Totals = {
  lines: PricedLine[]
  subtotal: BothSides
  discount: BothSides
  shipping: BothSides
  total: BothSides
  vat: number
  vat_breakdown: VatShare[]
}

/**
 * Totals of a basket or an order, in the mode the shop prices in. Each line's total is its price × quantity less its
 * discount; the side that wasn't entered is derived from that, line by line, so that whole baskets are sums of what is
 * shown. The discount comes off before VAT, as French law has it (CGI art. 267 II: discounts do not enter the taxable
 * base). Shipping is one more taxed amount. Everywhere subtotal − discount + shipping = total, on both sides.
 */
export function priceLines(
  lines: TaxableLine[],
  shipping: { price: number; vat_rate: number },
  includesVat: boolean,
): Totals {
  const priced = lines.map((line) => priceLine(line, includesVat))
  const sent = unitPrice(shipping.price, shipping.vat_rate, includesVat)
  const taxed = [
    ...priced.map(({ total }, i) => ({ rate: lines[i]!.vat_rate, ...total })),
    { rate: shipping.vat_rate, ...sent },
  ]
  const total = addUp(taxed)
  return {
    lines: priced,
    subtotal: addUp(priced.map((line) => line.subtotal)),
    discount: addUp(priced.map((line) => line.discount)),
    shipping: sent,
    total,
    vat: total.gross - total.net,
    vat_breakdown: byRate(taxed),
  }
}

function priceLine({ price, quantity, vat_rate, discount }: TaxableLine, includesVat: boolean): PricedLine {
  const entered = price * quantity
  const subtotal = unitPrice(entered, vat_rate, includesVat)
  const total = unitPrice(entered - discount, vat_rate, includesVat)
  return {
    unit_price: unitPrice(price, vat_rate, includesVat),
    subtotal,
    discount: { net: subtotal.net - total.net, gross: subtotal.gross - total.gross },
    total,
    vat: total.gross - total.net,
  }
}

/** Only rates that something was taxed at. */
function byRate(taxed: ({ rate: number } & BothSides)[]): VatShare[] {
  const rates = [...new Set(taxed.filter(({ gross }) => gross !== 0).map(({ rate }) => rate))]
  return rates.sort((a, b) => a - b).map((rate) => {
    const { net, gross } = addUp(taxed.filter((each) => each.rate === rate))
    return { rate, net, vat: gross - net, gross }
  })
}

/** Both sides of several amounts together. */
export const addUp = (amounts: BothSides[]): BothSides => ({
  net: sum(amounts.map(({ net }) => net)),
  gross: sum(amounts.map(({ gross }) => gross)),
})
