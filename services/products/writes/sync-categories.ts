import { inArray } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import { productCategories } from '../schema.ts'

type Row = typeof productCategories.$inferSelect
export type Placement = { product_id: Row['product_id']; category_ids: Row['category_id'][] }

/** Makes these categories the ones of their products. Two statements for all of them. */
export async function syncCategories(tx: Executor, placements: Placement[]): Promise<void> {
  if (placements.length === 0) return
  await tx.delete(productCategories)
    .where(inArray(productCategories.product_id, placements.map(({ product_id }) => product_id)))
  const rows = placements.flatMap(({ product_id, category_ids }) =>
    [...new Set(category_ids)].map((category_id) => ({ product_id, category_id }))
  )
  if (rows.length > 0) await tx.insert(productCategories).values(rows)
}
