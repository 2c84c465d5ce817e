import { sql } from 'drizzle-orm'
import type { Offer } from '../domain/price-range.ts'

/**
 * The lowest and highest price of what is taxed and of what isn't: the other side of VAT grows with the price, so
 * nothing between them can be lower or higher on either side. Of `variants v`.
 */
export const extremes = sql`MIN(IF(v.taxable, v.price, NULL)), MAX(IF(v.taxable, v.price, NULL)),
  MIN(IF(v.taxable, NULL, v.price)), MAX(IF(v.taxable, NULL, v.price))`

/** Lowest and highest price, taxed and then untaxed; null where there is none. */
export type Extremes = [number | null, number | null, number | null, number | null]

/** The offers among which are the lowest and the highest of a product. */
export const offersOf = ([low, high, untaxedLow, untaxedHigh]: Extremes, rate: number): Offer[] =>
  [[low, rate], [high, rate], [untaxedLow, 0], [untaxedHigh, 0]].flatMap(([price, vat_rate]) =>
    price === null ? [] : [{ price: price!, vat_rate: vat_rate! }]
  )
