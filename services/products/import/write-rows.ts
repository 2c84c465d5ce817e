import { type SQL, sql } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import { products, variants } from '../schema.ts'
import type { VariantRow } from './merge-variants.ts'

/** Rows a statement. */
const CHUNK = 500

export async function insertVariants(tx: Executor, rows: VariantRow[]): Promise<void> {
  for (const chunk of chunks(rows)) await tx.insert(variants).values(chunk)
}

/** By primary key: every one is there already, and locked. */
export async function upsertProducts(tx: Executor, rows: (typeof products.$inferSelect)[]): Promise<void> {
  const columns = [
    'name',
    'description',
    'product_type',
    'tags',
    'status',
    'meta_title',
    'meta_description',
    'options',
    'import_hash',
    'import_version',
    'import_handle',
    'brand_id',
    'version',
    'updated_at',
  ]
  for (const chunk of chunks(rows)) {
    await tx.insert(products).values(chunk).onDuplicateKeyUpdate({ set: given(columns) })
  }
}

export async function upsertVariants(tx: Executor, rows: VariantRow[]): Promise<void> {
  const columns = [
    'position',
    'option_values',
    'sku',
    'barcode',
    'price',
    'compare_at_price',
    'cost_price',
    'stock',
    'tracks_stock',
    'allows_backorder',
    'weight_grams',
    'requires_shipping',
    'taxable',
    'image_url',
    'updated_at',
  ]
  for (const chunk of chunks(rows)) {
    await tx.insert(variants).values(chunk).onDuplicateKeyUpdate({ set: given(columns) })
  }
}

/** `VALUES(column)`: MariaDB doesn't know MySQL's newer row alias, MySQL still knows this. */
const given = (columns: string[]): Record<string, SQL> =>
  Object.fromEntries(columns.map((column) => [column, sql.raw(`VALUES(\`${column}\`)`)]))

function* chunks<T>(rows: T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += CHUNK) yield rows.slice(at, at + CHUNK)
}
