import { inArray } from 'drizzle-orm'
import type { Tx } from '../../../shared/service/context.ts'
import { groupBy } from '../domain/group.ts'
import type { Ctx } from '../needs.ts'
import { productCategories, productImages } from '../schema.ts'
import { syncCategories } from '../writes/sync-categories.ts'
import { syncImages } from '../writes/sync-images.ts'
import type { Report } from './batch-report.ts'
import type { Created } from './create-products.ts'
import type { ImportRecord } from './record.ts'
import type { Updated } from './update-products.ts'

type CategoryId = typeof productCategories.$inferSelect['category_id']

/** Images and categories that the file names become those of their products; what that takes away is reported. */
export async function writeLists(
  ctx: Ctx,
  tx: Tx,
  created: Created[],
  updated: Updated[],
  categoryOf: (record: ImportRecord) => CategoryId | null,
  report: Report,
): Promise<void> {
  await placeAll(tx, created, updated, categoryOf, report)
  await reportImages(tx, updated, report)
  const pictured = [...created, ...updated].filter(({ record }) => record.images.length > 0)
  const galleries = pictured.map(({ record, product }) => ({
    product_id: product.id,
    // One whose text the file doesn't say keeps its own.
    images: record.images.map(({ url, alt_text }) => ({ url, alt_text: alt_text ?? undefined })),
  }))
  await syncImages(tx, galleries, ctx.now())
}

async function placeAll(
  tx: Tx,
  created: Created[],
  updated: Updated[],
  categoryOf: (record: ImportRecord) => CategoryId | null,
  report: Report,
): Promise<void> {
  const moved = updated.filter(({ record }) => categoryOf(record) !== null)
  const rows = moved.length === 0 ? [] : await tx.select().from(productCategories)
    .where(inArray(productCategories.product_id, moved.map(({ product }) => product.id)))
  const present = groupBy(rows, (row) => row.product_id)
  const changed = moved.filter(({ record, product }) => {
    const before = present.get(product.id) ?? []
    // A product that is there already stays where else it is.
    if (before.some(({ category_id }) => category_id === categoryOf(record))) return false
    if (before.length > 0) {
      report.warn(record, 'category_changed', `was in ${before.length} other categories: taken out of them`)
    }
    return true
  })
  const placed = [...created, ...changed].flatMap(({ record, product }) => {
    const category = categoryOf(record)
    return category === null ? [] : [{ product_id: product.id, category_ids: [category] }]
  })
  await syncCategories(tx, placed)
}

async function reportImages(tx: Tx, updated: Updated[], report: Report): Promise<void> {
  const pictured = updated.filter(({ record }) => record.images.length > 0)
  if (pictured.length === 0) return
  const rows = await tx.select({ product_id: productImages.product_id, url: productImages.url })
    .from(productImages).where(inArray(productImages.product_id, pictured.map(({ product }) => product.id)))
  const present = groupBy(rows, (row) => row.product_id)
  for (const { record, product } of pictured) {
    const told = new Set(record.images.map(({ url }) => url))
    const gone = (present.get(product.id) ?? []).filter(({ url }) => !told.has(url))
    if (gone.length === 0) continue
    const which = gone.slice(0, 3).map(({ url }) => url).join(', ')
    report.warn(record, 'images_removed', `${gone.length} images are not in the file: removed (${which})`)
  }
}
