import { sql } from 'drizzle-orm'
import { money } from '../../../shared/kernel/money.ts'
import { brands, products } from '../schema.ts'
import type { ProductCard } from '../shapes/product.ts'
import { fromJson, hex, idFromHex, instantText, isSellable, jsonObject, mainImage, rateOf } from './sql.ts'

/** Whether one can be bought, and the range of gross prices: exact, as `unitPrice` rounds half up too. */
const summary = sql`(SELECT JSON_ARRAY(MAX(${isSellable}), MIN(${gross()}), MAX(${gross()}))
  FROM variants v WHERE v.product_id = ${products.id})`

function gross() {
  return sql`v.price + ROUND(v.price * IF(v.taxable, ${rateOf}, 0) / 10000)`
}

/** A product card; the read joins `brands` and `vat_rates` on the left. */
export const cardColumns = {
  card: jsonObject({
    id: hex(products.id),
    slug: products.slug,
    ref: products.ref,
    name: products.name,
    price_min: products.price_min,
    price_max: products.price_max,
    on_sale: products.on_sale,
    is_featured: products.is_featured,
    created_at: instantText(products.created_at),
    brand_id: hex(brands.id),
    brand_name: brands.name,
    brand_slug: brands.slug,
    image: mainImage,
    summary,
  }).mapWith((value) => readCard(fromJson<CardJson>(value))),
}

type CardJson = Omit<CardRow, 'id' | 'created_at' | 'brand_id'> & {
  id: string
  created_at: string
  brand_id: string | null
}

export type CardRow = {
  id: `prod_${string}`
  slug: string
  ref: string
  name: string
  price_min: number | null
  price_max: number | null
  on_sale: number
  is_featured: number
  created_at: Date
  brand_id: `brand_${string}` | null
  brand_name: string | null
  brand_slug: string | null
  image: [url: string, alt_text: string | null] | null
  summary: [sellable: number | null, grossMin: number | null, grossMax: number | null]
}

const readCard = (row: CardJson): CardRow => ({
  ...row,
  id: idFromHex('prod', row.id),
  created_at: new Date(row.created_at),
  brand_id: row.brand_id === null ? null : idFromHex('brand', row.brand_id),
})

export function showCard(row: CardRow, currency: string): ProductCard {
  const [sellable, grossMin, grossMax] = row.summary
  const price = (net: number, gross: number | null) => ({
    net: money(net, currency),
    gross: money(gross ?? net, currency),
  })
  return {
    id: row.id,
    slug: row.slug,
    ref: row.ref,
    name: row.name,
    brand: showBrand(row),
    image: row.image && { url: row.image[0], alt_text: row.image[1] },
    price_range: row.price_min === null || row.price_max === null
      ? null
      : { min: price(row.price_min, grossMin), max: price(row.price_max, grossMax) },
    on_sale: Boolean(row.on_sale),
    is_featured: Boolean(row.is_featured),
    in_stock: Boolean(sellable),
    created_at: row.created_at.toISOString(),
  }
}

type BrandColumns = Pick<CardRow, 'brand_id' | 'brand_name' | 'brand_slug'>

export const showBrand = ({ brand_id, brand_name, brand_slug }: BrandColumns) =>
  brand_id === null ? null : { id: brand_id, name: brand_name!, slug: brand_slug! }
