import { eq, sql } from 'drizzle-orm'
import { arg, type Executor, prepared } from '../../../shared/db/database.ts'
import { products, variants, vatRates } from '../schema.ts'
import { fromJson, idFromHex, isPublic, mainImage, rateOf } from './sql.ts'

/** Sizes of the prepared IN-lists: a shorter one is filled up with its last id. */
const SIZES = [1, 5, 20, 100] as const

/** Null for a product in no category: Drizzle doesn't decode a null. */
const categoryIds = sql<
  `cat_${string}`[] | null
>`(SELECT JSON_ARRAYAGG(HEX(pc.category_id)) FROM product_categories pc
  WHERE pc.product_id = ${products.id})`
  .mapWith((value) => fromJson<string[]>(value).map((hex) => idFromHex('cat', hex)))

const ids = (size: number) =>
  sql.join(Array.from({ length: size }, (_, n) => arg(variants.id, `v${n}`)), sql`, `)

const bySize = new Map(SIZES.map((size) => [
  size,
  prepared((db) =>
    db.select({
      variant: variants,
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
      .where(sql`${variants.id} IN (${ids(size)}) AND ${isPublic}`)
  ),
]))

/** Variants of products that shoppers see. One statement; 100 ids at most. */
export async function findQuoted(db: Executor, ids: `var_${string}`[]) {
  if (ids.length === 0) return []
  const size = SIZES.find((each) => each >= ids.length)!
  const values = Object.fromEntries(
    Array.from({ length: size }, (_, n) => [`v${n}`, ids[Math.min(n, ids.length - 1)]]),
  )
  return await bySize.get(size)!(db, values)
}
