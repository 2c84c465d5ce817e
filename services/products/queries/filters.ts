import { type SQL, sql } from 'drizzle-orm'
import { arg } from '../../../shared/db/database.ts'
import { brands, categories, products } from '../schema.ts'
import { ifGiven, isSellable, keyOf } from './sql.ts'

/**
 * Conditions on products that decide where a list begins: each that is asked for is part of the statement's text.
 * They read the parameters that `placesOf` gives.
 */
export const places = {
  brand: sql`${products.brand_id} = (SELECT b.id FROM brands b WHERE b.id = ${
    arg(brands.id, 'brand_id')
  } OR b.slug = ${arg(brands.slug, 'brand_slug')})`,
  category: inCategory(sql`t.is_active`),
  /** Staff see what hangs in hidden categories too. */
  any_category: inCategory(sql`TRUE`),
  match: sql`MATCH(${products.search_text}) AGAINST (${sql.placeholder('match')} IN BOOLEAN MODE)`,
} satisfies Record<string, SQL>

export type Place = keyof typeof places

/** The parameters of the places: of an id and a slug, the one that was given. */
export const placesOf = ({ brand, category }: { brand?: string; category?: string }) => ({
  ...given('brand', 'brand', brand),
  ...given('category', 'cat', category),
})

/** Conditions that every list carries, and that hold for everything while their parameter is null. */
export const narrowings = sql.join([
  ifGiven('min_price', sql`${products.price_max} >= ${arg(products.price_max, 'min_price')}`),
  ifGiven('max_price', sql`${products.price_min} <= ${arg(products.price_min, 'max_price')}`),
  ifGiven('in_stock', sql`${isInStock()} = ${sql.placeholder('in_stock')}`),
  ifGiven('on_sale', sql`${products.on_sale} = ${arg(products.on_sale, 'on_sale')}`),
  ifGiven('featured', sql`${products.is_featured} = ${arg(products.is_featured, 'featured')}`),
  ifGiven('tag', sql`JSON_CONTAINS(${products.tags}, JSON_QUOTE(${sql.placeholder('tag')}))`),
], sql` AND `)

export type Narrowing = 'min_price' | 'max_price' | 'in_stock' | 'on_sale' | 'featured' | 'tag'

/** No EXISTS: MariaDB makes a semi-join of it and reads all variants, where a page needs those of some 20 products. */
function isInStock(): SQL {
  return sql`COALESCE((SELECT MAX(${isSellable}) FROM variants v WHERE v.product_id = ${products.id}), 0)`
}

/** In the category or anywhere below it. */
function inCategory(isShown: SQL): SQL {
  return sql`${products.id} IN (SELECT pc.product_id FROM product_categories pc WHERE pc.category_id IN (
    WITH RECURSIVE tree AS (
      SELECT t.id FROM categories t WHERE (t.id = ${arg(categories.id, 'category_id')} OR t.slug = ${
    arg(categories.slug, 'category_slug')
  }) AND ${isShown}
      UNION ALL SELECT t.id FROM categories t JOIN tree ON t.parent_id = tree.id WHERE ${isShown}
    ) SELECT id FROM tree))`
}

function given(name: string, prefix: string, value: string | undefined): Record<string, string | null> {
  if (value === undefined) return {}
  const key = keyOf(prefix, value)
  return { [`${name}_id`]: null, [`${name}_slug`]: null, [`${name}_${key}`]: value }
}
