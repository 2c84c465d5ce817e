import { type SQL, sql } from 'drizzle-orm'
import type { MySqlColumn } from 'drizzle-orm/mysql-core'
import { arg } from '../../../shared/db/database.ts'
import { brands, categories, productDocuments, products } from '../schema.ts'
import { ifGiven, keyOf } from './sql.ts'

/**
 * Conditions that decide where a list begins: each that is asked for is part of the statement's text. They read the
 * parameters that `placesOf` gives. By `match` the list has to join `products`, whose search words it compares.
 */
export const places = {
  brand: ofBrand(productDocuments.brand_id),
  category: inCategory(productDocuments.product_id, sql`t.is_active`),
  match: sql`MATCH(${products.search_text}) AGAINST (${sql.placeholder('match')} IN BOOLEAN MODE)`,
} satisfies Record<string, SQL>

export type Place = keyof typeof places

/** The same for staff: of all products, and in hidden categories too. */
export const adminPlaces = {
  brand: ofBrand(products.brand_id),
  category: inCategory(products.id, sql`TRUE`),
  match: places.match,
} satisfies Record<Place, SQL>

/** The parameters of the places: of an id and a slug, the one that was given. */
export const placesOf = ({ brand, category }: { brand?: string; category?: string }) => ({
  ...given('brand', 'brand', brand),
  ...given('category', 'cat', category),
})

const { price_min, price_max, in_stock, on_sale, is_featured, tags } = productDocuments

/** Conditions of narrowed lists, that hold for everything while their parameter is null. */
export const narrowings = sql.join([
  ifGiven('min_price', sql`${price_max} >= ${arg(price_max, 'min_price')}`),
  ifGiven('max_price', sql`${price_min} <= ${arg(price_min, 'max_price')}`),
  ifGiven('in_stock', sql`${in_stock} = ${arg(in_stock, 'in_stock')}`),
  ifGiven('on_sale', sql`${on_sale} = ${arg(on_sale, 'on_sale')}`),
  ifGiven('featured', sql`${is_featured} = ${arg(is_featured, 'featured')}`),
  ifGiven('tag', sql`JSON_CONTAINS(${tags}, JSON_QUOTE(${sql.placeholder('tag')}))`),
], sql` AND `)

function ofBrand(brand_id: MySqlColumn): SQL {
  const [id, slug] = [arg(brands.id, 'brand_id'), arg(brands.slug, 'brand_slug')]
  return sql`${brand_id} = (SELECT b.id FROM brands b WHERE b.id = ${id} OR b.slug = ${slug})`
}

/** In the category or anywhere below it. */
function inCategory(product_id: MySqlColumn, isShown: SQL): SQL {
  const [id, slug] = [arg(categories.id, 'category_id'), arg(categories.slug, 'category_slug')]
  return sql`${product_id} IN (SELECT pc.product_id FROM product_categories pc WHERE pc.category_id IN (
    WITH RECURSIVE tree AS (
      SELECT t.id FROM categories t WHERE (t.id = ${id} OR t.slug = ${slug}) AND ${isShown}
      UNION ALL SELECT t.id FROM categories t JOIN tree ON t.parent_id = tree.id WHERE ${isShown}
    ) SELECT id FROM tree))`
}

function given(name: string, prefix: string, value: string | undefined): Record<string, string | null> {
  if (value === undefined) return {}
  const key = keyOf(prefix, value)
  return { [`${name}_id`]: null, [`${name}_slug`]: null, [`${name}_${key}`]: value }
}
