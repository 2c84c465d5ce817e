import { sql } from 'drizzle-orm'
import { money } from '../../../shared/kernel/money.ts'
import { brands, products } from '../schema.ts'
import type { ProductCard } from '../shapes/product.ts'
import { fromJson, isSellable, mainImage, rateOf } from './sql.ts'

/** Whether one can be bought, and the range of gross prices: exact, as `grossOf` rounds half up too. */
const summary = sql`(SELECT JSON_ARRAY(MAX(${isSellable}), MIN(${gross()}), MAX(${gross()}))
  FROM variants v WHERE v.product_id = ${products.id})`
  .mapWith(fromJson<[number | null, number | null, number | null]>)

function gross() {
  return sql`v.price + ROUND(v.price * IF(v.taxable, ${rateOf}, 0) / 10000)`
}

/** The columns of a product card; the read joins `brands` and `vat_rates` on the left. */
export const cardColumns = {
  id: products.id,
  slug: products.slug,
  ref: products.ref,
  name: products.name,
  price_min: products.price_min,
  price_max: products.price_max,
  on_sale: products.on_sale,
  is_featured: products.is_featured,
  created_at: products.created_at,
  brand_id: brands.id,
  brand_name: brands.name,
  brand_slug: brands.slug,
  image: mainImage,
  summary,
}

export type CardRow =
  & Pick<
    typeof products.$inferSelect,
    'id' | 'slug' | 'ref' | 'name' | 'price_min' | 'price_max' | 'on_sale' | 'is_featured' | 'created_at'
  >
  & {
    brand_id: `brand_${string}` | null
    brand_name: string | null
    brand_slug: string | null
    image: [string, string | null] | null
    summary: [number | null, number | null, number | null]
  }

export function showCard(row: CardRow, currency: string): ProductCard {
  const [sellable, grossMin, grossMax] = row.summary
  const price = (net: number, gross: number | null) => ({ net: money(net, currency), gross: money(gross ?? net, currency) })
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
    on_sale: row.on_sale,
    is_featured: row.is_featured,
    in_stock: Boolean(sellable),
    created_at: row.created_at.toISOString(),
  }
}

type BrandColumns = { brand_id: `brand_${string}` | null; brand_name: string | null; brand_slug: string | null }

export const showBrand = ({ brand_id, brand_name, brand_slug }: BrandColumns) =>
  brand_id === null ? null : { id: brand_id, name: brand_name!, slug: brand_slug! }
