import { type SQL, sql } from 'drizzle-orm'
import { arg } from '../../../shared/db/database.ts'
import { brands, categories, products } from '../schema.ts'
import { isSellable } from './sql.ts'

/** Conditions on products, by the name of the filter; each reads the parameter of that name. */
export const filters = {
  brand_id: sql`${products.brand_id} = ${arg(products.brand_id, 'brand_id')}`,
  brand_slug: sql`${products.brand_id} = (SELECT b.id FROM brands b WHERE b.slug = ${
    arg(brands.slug, 'brand_slug')
  })`,
  category_id: inCategory(sql`t.id = ${arg(categories.id, 'category_id')}`, sql`t.is_active`),
  category_slug: inCategory(sql`t.slug = ${arg(categories.slug, 'category_slug')}`, sql`t.is_active`),
  /** Staff see what hangs in hidden categories too. */
  any_category_id: inCategory(sql`t.id = ${arg(categories.id, 'any_category_id')}`, sql`TRUE`),
  any_category_slug: inCategory(sql`t.slug = ${arg(categories.slug, 'any_category_slug')}`, sql`TRUE`),
  status: sql`${products.status} = ${arg(products.status, 'status')}`,
  min_price: sql`${products.price_max} >= ${arg(products.price_max, 'min_price')}`,
  max_price: sql`${products.price_min} <= ${arg(products.price_min, 'max_price')}`,
  in_stock: inStock(),
  not_in_stock: sql`NOT ${inStock()}`,
  on_sale: sql`${products.on_sale} = ${arg(products.on_sale, 'on_sale')}`,
  featured: sql`${products.is_featured} = ${arg(products.is_featured, 'featured')}`,
  tag: sql`JSON_CONTAINS(${products.tags}, JSON_QUOTE(${sql.placeholder('tag')}))`,
  match: sql`MATCH(${products.search_text}) AGAINST (${sql.placeholder('match')} IN BOOLEAN MODE)`,
} satisfies Record<string, SQL>

export type Filter = keyof typeof filters

/** No EXISTS: MariaDB makes a semi-join of it and reads all variants, where a page needs those of some 20 products. */
function inStock(): SQL {
  return sql`COALESCE((SELECT MAX(${isSellable}) FROM variants v WHERE v.product_id = ${products.id}), 0)`
}

/** In the category or anywhere below it. */
function inCategory(root: SQL, isShown: SQL): SQL {
  return sql`${products.id} IN (SELECT pc.product_id FROM product_categories pc WHERE pc.category_id IN (
    WITH RECURSIVE tree AS (
      SELECT t.id FROM categories t WHERE ${root} AND ${isShown}
      UNION ALL SELECT t.id FROM categories t JOIN tree ON t.parent_id = tree.id WHERE ${isShown}
    ) SELECT id FROM tree))`
}
