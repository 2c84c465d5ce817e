import { eq, sql } from 'drizzle-orm'
import { type Executor, prepared } from '../../../shared/db/database.ts'
import { products, variants, vatRates } from '../schema.ts'
import { byNumber, idsOf } from './by-number.ts'
import { fromJson, idFromHex, isPublic, mainImage, rateOf } from './sql.ts'

/** Null for a product in no category: Drizzle doesn't decode a null. */
const categoryIds = sql<
  `cat_${string}`[] | null
>`(SELECT JSON_ARRAYAGG(HEX(pc.category_id)) FROM product_categories pc
  WHERE pc.product_id = ${products.id})`
  .mapWith((value) => fromJson<string[]>(value).map((hex) => idFromHex('cat', hex)))

const quotedColumns = {
  id: variants.id,
  option_values: variants.option_values,
  sku: variants.sku,
  price: variants.price,
  stock: variants.stock,
  reserved: variants.reserved,
  tracks_stock: variants.tracks_stock,
  allows_backorder: variants.allows_backorder,
  requires_shipping: variants.requires_shipping,
  taxable: variants.taxable,
  image_url: variants.image_url,
}

const quoted = byNumber((size) =>
  prepared((db) =>
    db.select({
      variant: quotedColumns,
      product_id: products.id,
      name: products.name,
      ref: products.ref,
      slug: products.slug,
      rate: rateOf,
      image: mainImage.mapWith(fromJson<[string, string | null]>),
      category_ids: categoryIds,
    }).from(variants)
      .innerJoin(products, eq(products.id, variants.product_id))
      .leftJoin(vatRates, eq(vatRates.id, products.vat_rate_id))
      .where(sql`${variants.id} IN (${idsOf(size)}) AND ${isPublic}`)
  )
)

/** Variants of products that shoppers see. One statement; 100 ids at most. */
export async function findQuoted(db: Executor, ids: `var_${string}`[]) {
  return ids.length === 0 ? [] : await quoted(db, ids.map((variant_id) => ({ variant_id })))
}
