import { type BothSides, unitPrice } from '../../../shared/kernel/vat.ts'

/** `price` as entered; `vat_rate` in basis points, 0 for what isn't taxed. */
export type Offer = { price: number; vat_rate: number }
export type PriceRange = { min: BothSides; max: BothSides }

/** Lowest and highest, net and gross each by itself: an untaxed variant may be dearer and yet cost less. */
export function priceRange(offers: Offer[], includesVat: boolean): PriceRange | null {
  if (offers.length === 0) return null
  const prices = offers.map(({ price, vat_rate }) => unitPrice(price, vat_rate, includesVat))
  const nets = prices.map(({ net }) => net)
  const grosses = prices.map(({ gross }) => gross)
  return {
    min: { net: Math.min(...nets), gross: Math.min(...grosses) },
    max: { net: Math.max(...nets), gross: Math.max(...grosses) },
  }
}
