import { asc, inArray, type SQL, sql } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import { derive } from '../domain/derived.ts'
import { groupBy } from '../domain/group.ts'
import { products, variants } from '../schema.ts'

/** Products a statement. */
export const REFRESH_BATCH = 100
type ProductId = typeof products.$inferSelect['id']

/**
 * Writes again what products keep of their variants and texts: price range, sale mark and search words. Part of
 * every change of a product, a variant or a brand's name. Locks the products, and reads what they are made of under
 * that lock, so that of two changes the later one sees both. Three statements for each hundred products.
 */
export async function refreshProducts(tx: Executor, ids: ProductId[]): Promise<void> {
  for (let at = 0; at < ids.length; at += REFRESH_BATCH) {
    await refreshBatch(tx, ids.slice(at, at + REFRESH_BATCH))
  }
}

async function refreshBatch(tx: Executor, ids: ProductId[]): Promise<void> {
  // The brand by a sub-select: joined, it would be locked too, and its products would wait for one another.
  const brand = sql<string | null>`(SELECT b.name FROM brands b WHERE b.id = products.brand_id)`
  const rows = await tx.select({ product: products, brand }).from(products)
    .where(inArray(products.id, ids)).orderBy(asc(products.id)).for('update')
  const all = await tx.select().from(variants).where(inArray(variants.product_id, ids))
  const byProduct = groupBy(all, (variant) => variant.product_id)
  const derived = rows.map(({ product, brand }) => ({
    id: product.id,
    ...derive({ ...product, brand, variants: byProduct.get(product.id) ?? [] }),
  }))
  if (derived.length === 0) return
  const byId = (value: (row: (typeof derived)[number]) => unknown): SQL =>
    sql`CASE ${products.id} ${
      sql.join(derived.map((row) => sql`WHEN ${sql.param(row.id, products.id)} THEN ${value(row)}`), sql` `)
    } END`
  await tx.update(products).set({
    price_min: byId((row) => row.price_min),
    price_max: byId((row) => row.price_max),
    on_sale: byId((row) => row.on_sale),
    search_text: byId((row) => row.search_text),
  }).where(inArray(products.id, derived.map(({ id }) => id)))
}
