import { allocate, basisPoints, type Money, money, ratio } from './money.ts'

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

/** `unit_net` in minor units without VAT, `vat_rate` in basis points (2,000 = 20 %). */
export type TaxableLine = { unit_net: number; quantity: number; vat_rate: number }

export type PricedLine = TaxableLine & {
  net: number
  discount: number
  vat: number
  gross: number
}

export type Totals = {
  lines: PricedLine[]
  subtotal: number
  discount: number
  shipping: number
  net: number
  vat: number
  gross: number
  vat_breakdown: { rate: number; base: number; vat: number }[]
}

/**
 * Totals of a basket or an order, all in minor units. The discount is spread over the lines pro rata before
 * VAT, as French law has it (CGI art. 267 II: discounts do not enter the taxable base); VAT is
 * rounded half up by line and broken down by rate. Shipping is net and taxed at `shippingVatRate`.
 */
export function priceLines(
  lines: TaxableLine[],
  discount = 0,
  shipping = { net: 0, vat_rate: 0 },
): Totals {
  const nets = lines.map((line) => line.unit_net * line.quantity)
  const subtotal = sum(nets)
  const applied = Math.min(Math.max(discount, 0), subtotal)
  const shares = allocate(applied, nets)
  const priced = lines.map((line, i) => {
    const net = nets[i]! - shares[i]!
    const vat = basisPoints(net, line.vat_rate)
    return { ...line, net, discount: shares[i]!, vat, gross: net + vat }
  })
  const taxed = [
    ...priced.map((line) => ({ rate: line.vat_rate, base: line.net, vat: line.vat })),
    { rate: shipping.vat_rate, base: shipping.net, vat: basisPoints(shipping.net, shipping.vat_rate) },
  ].filter((part) => part.base !== 0)
  const net = sum(taxed.map((part) => part.base))
  const vat = sum(taxed.map((part) => part.vat))
  return {
    lines: priced,
    subtotal,
    discount: applied,
    shipping: shipping.net,
    net,
    vat,
    gross: net + vat,
    vat_breakdown: byRate(taxed),
  }
}

/** The price a shopper sees for one unit: net plus VAT, rounded half up. */
export const grossOf = (net: number, rate: number): number => net + basisPoints(net, rate)

function byRate(parts: Totals['vat_breakdown']): Totals['vat_breakdown'] {
  const rates = new Map<number, Totals['vat_breakdown'][number]>()
  for (const part of parts) {
    const seen = rates.get(part.rate) ?? { rate: part.rate, base: 0, vat: 0 }
    rates.set(part.rate, { rate: part.rate, base: seen.base + part.base, vat: seen.vat + part.vat })
  }
  return [...rates.values()].sort((a, b) => a.rate - b.rate)
}

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)
