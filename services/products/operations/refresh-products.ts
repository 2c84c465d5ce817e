import { inArray, type SQL, sql } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import { derive } from '../domain/derived.ts'
import { groupBy } from '../domain/group.ts'
import { brands, products, variants } from '../schema.ts'

const BATCH = 100
type ProductId = typeof products.$inferSelect['id']

/**
 * Writes again what products keep of their variants and texts: price range, sale mark and search words. Part of
 * every change of a product, a variant or a brand's name. Three statements for each hundred products.
 */
export async function refreshProducts(tx: Executor, ids: ProductId[]): Promise<void> {
  for (let at = 0; at < ids.length; at += BATCH) await refreshBatch(tx, ids.slice(at, at + BATCH))
}

async function refreshBatch(tx: Executor, ids: ProductId[]): Promise<void> {
  const rows = await tx.select({ product: products, brand: brands.name }).from(products)
    .leftJoin(brands, sql`${brands.id} = ${products.brand_id}`).where(inArray(products.id, ids))
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
