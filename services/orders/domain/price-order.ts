import { priceLines, type TaxableLine, type Totals } from '../../../shared/kernel/vat.ts'

export type Shipping = { price: number; vat_rate: number }

/**
 * What a basket comes to when it is sent in a certain way: the one reckoning of quotes and orders. Goods that are not
 * sent cost no shipping, whatever method was named. Without a method, nothing is added for it.
 */
export function priceOrder(
  basket: { lines: (TaxableLine & { requires_shipping: boolean })[]; free_shipping: boolean },
  shipping: Shipping | null,
  includesVat: boolean,
): Totals {
  const isCharged = !basket.free_shipping && basket.lines.some((line) => line.requires_shipping)
  const { price, vat_rate } = shipping ?? { price: 0, vat_rate: 0 }
  return priceLines(basket.lines, { price: isCharged ? price : 0, vat_rate }, includesVat)
}
