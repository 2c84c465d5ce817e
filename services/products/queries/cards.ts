import { sql } from 'drizzle-orm'
import { brands, products } from '../schema.ts'
import type { Offer } from '../domain/price-range.ts'
import { fromJson, hex, idFromHex, instantText, isSellable, jsonObject, mainImage, rateOf } from './sql.ts'

/**
 * The lowest and highest price of what is taxed and of what isn't: the other side of VAT grows with the price, so
 * nothing between them can be lower or higher on either side.
 */
export const extremes = sql`MIN(IF(v.taxable, v.price, NULL)), MAX(IF(v.taxable, v.price, NULL)),
  MIN(IF(v.taxable, NULL, v.price)), MAX(IF(v.taxable, NULL, v.price))`

/** Whether one can be bought, and what they cost. */
const summary = sql`(SELECT JSON_ARRAY(MAX(${isSellable}), ${extremes}) FROM variants v
  WHERE v.product_id = ${products.id})`

/** A product card; the read joins `brands` and `vat_rates` on the left. */
export const cardColumns = {
  card: jsonObject({
    id: hex(products.id),
    slug: products.slug,
    ref: products.ref,
    name: products.name,
    price_min: products.price_min,
    on_sale: products.on_sale,
    is_featured: products.is_featured,
    created_at: instantText(products.created_at),
    brand_id: hex(brands.id),
    brand_name: brands.name,
    brand_slug: brands.slug,
    image: mainImage,
    summary,
    rate: rateOf,
  }).mapWith((value) => fromJson<CardJson>(value)),
}

/** As the statement gives it; `readCard` makes a row of it. */
export type CardJson = {
  id: string
  slug: string
  ref: string
  name: string
  price_min: number | null
  on_sale: number
  is_featured: number
  created_at: string
  brand_id: string | null
  brand_name: string | null
  brand_slug: string | null
  image: [url: string, alt_text: string | null] | null
  summary: [sellable: number | null, ...prices: Extremes]
  /** VAT of the product, basis points. */
  rate: number
}

/** Lowest and highest price, taxed and then untaxed; null where there is none. */
export type Extremes = [number | null, number | null, number | null, number | null]

export type CardRow = Omit<CardJson, 'id' | 'created_at' | 'brand_id'> & {
  id: `prod_${string}`
  created_at: Date
  brand_id: `brand_${string}` | null
}

export const readCard = (row: CardJson): CardRow => ({
  ...row,
  id: idFromHex('prod', row.id),
  created_at: new Date(row.created_at),
  brand_id: row.brand_id === null ? null : idFromHex('brand', row.brand_id),
})

/** The offers among which are the lowest and the highest of a product. */
export const offersOf = ([low, high, untaxedLow, untaxedHigh]: Extremes, rate: number): Offer[] =>
  [[low, rate], [high, rate], [untaxedLow, 0], [untaxedHigh, 0]].flatMap(([price, vat_rate]) =>
    price === null ? [] : [{ price: price!, vat_rate: vat_rate! }]
  )
