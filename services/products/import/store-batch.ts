import type { Tx } from '../../../shared/service/context.ts'
import type { Ctx } from '../needs.ts'
import type { StockPolicy } from '../shapes/admin-product-import.ts'
import { announceCatalogue } from '../writes/catalogue-changed.ts'
import { refreshProducts } from '../writes/refresh-products.ts'
import { announceAll } from './announce.ts'
import { Report } from './batch-report.ts'
import { createProducts } from './create-products.ts'
import { matchProducts } from './match-products.ts'
import { placeRecords } from './place-records.ts'
import type { ImportNote, ImportRecord } from './record.ts'
import { isSame, updateProducts } from './update-products.ts'
import { writeLists } from './write-lists.ts'

export type BatchResult = {
  created: number
  updated: number
  unchanged: number
  failed: number
  variants: number
  problems: ImportNote[]
}

/** Stores the records in a number of statements that doesn't depend on theirs. A record that was stored before is passed over. */
export async function storeBatch(
  ctx: Ctx,
  tx: Tx,
  all: ImportRecord[],
  policy: StockPolicy,
): Promise<BatchResult> {
  const report = new Report()
  const matches = await matchProducts(tx, all)
  const records = once(all, (record) => matches.get(record)?.id ?? record, report)
  const known = records.flatMap((record) => {
    const old = matches.get(record)
    const isPassed = old && isSame(record, old) &&
      (policy === 'keep' || record.variants.every(({ stock }) => stock === undefined))
    // A type makes a category of a new product; where others are, the merchant has put them.
    const told = record.is_category_type ? { ...record, category: undefined } : record
    return old && !isPassed ? [{ record: told, old }] : []
  })
  const fresh = records.filter((record) => !matches.has(record))
  const touched = [...known.map(({ record }) => record), ...fresh]
  if (touched.length === 0) return resultOf(report, all.length, 0, 0, 0)
  const places = await placeRecords(tx, touched, ctx.now())
  const created = await createProducts(ctx, tx, fresh, places.brandOf, report)
  const updated = await updateProducts(ctx, tx, known, policy, places.brandOf, report)
  const stored = [...created, ...updated]
  if (stored.length > 0) {
    await writeLists(ctx, tx, created, updated, places.categoryOf, report)
    await refreshProducts(ctx, tx, stored.map(({ product }) => product.id))
    await announceAll(tx, created, updated)
    announceCatalogue(ctx, tx)
  }
  const variants = stored.reduce((sum, each) => sum + each.variants.length, 0)
  return resultOf(report, all.length, created.length, updated.length, variants)
}

/** Two handles of a file may be one product, by its slug and by what it was imported under: the first counts. */
function once(
  records: ImportRecord[],
  keyOf: (record: ImportRecord) => unknown,
  report: Report,
): ImportRecord[] {
  const seen = new Map<unknown, ImportRecord>()
  return records.filter((record) => {
    const first = seen.get(keyOf(record))
    if (first) {
      report.refuse(record, 'product_repeated', `the same product as on line ${first.line}: left out`)
    } else seen.set(keyOf(record), record)
    return !first
  })
}

const resultOf = (
  report: Report,
  all: number,
  created: number,
  updated: number,
  variants: number,
): BatchResult => ({
  created,
  updated,
  unchanged: all - created - updated - report.failed,
  failed: report.failed,
  variants,
  problems: report.notes,
})
