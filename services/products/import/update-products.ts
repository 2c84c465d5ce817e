import { and, eq, inArray } from 'drizzle-orm'
import type { Tx } from '../../../shared/service/context.ts'
import { groupBy } from '../domain/group.ts'
import { optionsOf } from '../domain/options.ts'
import type { Ctx } from '../needs.ts'
import { variants } from '../schema.ts'
import type { StockPolicy } from '../shapes/admin-product-import.ts'
import { announceVariants } from './announce.ts'
import type { Report } from './batch-report.ts'
import type { ProductRow } from './match-products.ts'
import { type Merged, mergeVariants, type VariantRow } from './merge-variants.ts'
import type { ImportRecord } from './record.ts'
import { upsertProducts, upsertVariants } from './write-rows.ts'

export type Updated = { record: ImportRecord; old: ProductRow; product: ProductRow; variants: VariantRow[] }
type Match = { record: ImportRecord; old: ProductRow }

/** Changes the products that the shop has. What the file doesn't say stays as it is. */
export async function updateProducts(
  ctx: Ctx,
  tx: Tx,
  matches: Match[],
  policy: StockPolicy,
  brandOf: (record: ImportRecord) => ProductRow['brand_id'],
  report: Report,
): Promise<Updated[]> {
  if (matches.length === 0) return []
  const present = await tx.select().from(variants)
    .where(inArray(variants.product_id, matches.map(({ old }) => old.id))).orderBy(variants.id).for('update')
  const byProduct = groupBy(present, (row) => row.product_id)
  const now = ctx.now()
  const merged = matches.map((match) => ({
    ...match,
    merged: mergeVariants({
      product_id: match.old.id,
      record: match.record,
      options: match.old.options,
      present: (byProduct.get(match.old.id) ?? []).sort((a, b) => a.position - b.position),
      policy,
      now,
      newId: () => ctx.newId('var'),
    }),
  }))
  const changed = merged.filter(({ record, old, merged }) =>
    !isSame(record, old) || hasOtherStock(merged, byProduct.get(old.id) ?? [])
  )
  for (const { record, old, merged } of changed) {
    report.add(record, merged.notes)
    reportTags(record, old, report)
  }
  const updated = changed.map(({ record, old, merged }): Updated => ({
    record,
    old,
    variants: merged.rows,
    product: {
      ...old,
      ...told(record),
      brand_id: brandOf(record) ?? old.brand_id,
      options: optionsOf(merged.options, merged.all),
      import_hash: Buffer.from(record.hash, 'hex'),
      import_version: old.version + 1,
      version: old.version + 1,
      updated_at: now,
    },
  }))
  const gone = changed.flatMap(({ merged }) => merged.gone)
  if (gone.length > 0) {
    await tx.delete(variants).where(and(inArray(variants.id, gone), eq(variants.reserved, 0)))
  }
  if (updated.length > 0) await upsertProducts(tx, updated.map(({ product }) => product))
  await upsertVariants(tx, updated.flatMap((each) => each.variants))
  const previous = new Map(present.map((row) => [row.id, row]))
  for (const { product, variants: rows } of updated) announceVariants(tx, product, rows, previous)
  return updated
}

/** The same record as the last one, and nobody has changed the product since. */
export const isSame = (record: ImportRecord, old: ProductRow): boolean =>
  old.import_version === old.version && old.import_hash !== null &&
  Buffer.from(old.import_hash).toString('hex') === record.hash

function hasOtherStock({ rows }: Merged, present: VariantRow[]): boolean {
  const stocks = new Map(present.map(({ id, stock }) => [id, stock]))
  return rows.some(({ id, stock }) => stocks.get(id) !== stock)
}

function reportTags(record: ImportRecord, old: ProductRow, report: Report): void {
  const { tags } = record.fields
  const gone = tags === undefined ? [] : old.tags.filter((tag) => !tags.includes(tag))
  if (gone.length === 0) return
  const which = gone.slice(0, 10).join(', ')
  report.warn(record, 'tags_removed', `${gone.length} tags are not in the file: removed (${which})`)
}

function told({ fields }: ImportRecord): Partial<ProductRow> {
  const { seo_title: meta_title, seo_description: meta_description, ...columns } = fields
  const all = { ...columns, meta_title, meta_description }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
