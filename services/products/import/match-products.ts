import { inArray } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import { slug } from '../../../shared/kernel/slug.ts'
import { products } from '../schema.ts'
import type { ImportRecord } from './record.ts'

export type ProductRow = typeof products.$inferSelect

/**
 * Which product of the shop each record is: the one with its handle as slug, else the one that was imported under it.
 * Locked until the batch is stored, so that nobody changes them in between.
 */
export async function matchProducts(
  tx: Executor,
  records: ImportRecord[],
): Promise<Map<ImportRecord, ProductRow>> {
  const handles = records.map(({ handle }) => handle)
  const bySlug = await locked(tx, products.slug, handles)
  const byHandle = await locked(tx, products.import_handle, handles)
  const matches = new Map<ImportRecord, ProductRow>()
  for (const record of records) {
    const found = bySlug.find((row) => row.slug === record.handle && isKnownBySlug(row)) ??
      byHandle.find((row) => row.import_handle === record.handle)
    if (found) matches.set(record, found)
  }
  return matches
}

/** Not where the slug was made of another handle: `noel` of `noël`, which are two products. */
const isKnownBySlug = ({ import_handle, slug: own }: ProductRow) =>
  import_handle === null || import_handle === own || slug(import_handle) !== own

const locked = async (
  tx: Executor,
  column: typeof products.slug | typeof products.import_handle,
  handles: string[],
): Promise<ProductRow[]> => await tx.select().from(products).where(inArray(column, handles)).for('update')
