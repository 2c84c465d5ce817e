import type { ImportRecord, ImportVariant } from '../../domain/import-record.ts'
import { variantKey } from '../../domain/options.ts'
import type { variants } from '../../schema.ts'

export type VariantRow = typeof variants.$inferSelect

type Merged = {
  /** As they will be: changed, new and kept ones. */
  rows: VariantRow[]
  gone: VariantRow['id'][]
  /** Not in the file any more, but held by pending orders. */
  kept: VariantRow[]
}

/** The variants of a product after an import. Those of the same option values stay themselves, with their reservations. */
export function mergeVariants(
  product_id: VariantRow['product_id'],
  record: ImportRecord,
  present: VariantRow[],
  now: Date,
  newId: () => VariantRow['id'],
): Merged {
  const byKey = new Map(present.map((row) => [variantKey(row.option_values), row]))
  const rows = record.variants.map((told, position): VariantRow => {
    const key = variantKey(told.option_values)
    const old = byKey.get(key)
    byKey.delete(key)
    if (old) return changed(old, told, position, now)
    return { ...added(told), id: newId(), product_id, position, created_at: now, updated_at: now }
  })
  const left = [...byKey.values()]
  const kept = left.filter(({ reserved }) => reserved > 0)
  const gone = left.filter(({ reserved }) => reserved === 0).map(({ id }) => id)
  const width = record.options.length
  const odd = kept.map((row, at) => ({
    ...row,
    option_values: fitted(row.option_values, width),
    position: rows.length + at,
  }))
  return { rows: [...rows, ...odd], gone, kept }
}

/** Stock never goes below what pending orders hold. */
const changed = (old: VariantRow, told: ImportVariant, position: number, now: Date): VariantRow => ({
  ...old,
  ...told,
  sku: told.sku ?? old.sku,
  barcode: told.barcode ?? old.barcode,
  price: told.price ?? old.price,
  cost_price: told.cost_price ?? old.cost_price,
  weight_grams: told.weight_grams ?? old.weight_grams,
  image_url: told.image_url ?? old.image_url,
  stock: told.stock === null ? old.stock : Math.max(told.stock, old.reserved),
  // Without a quantity the file doesn't tell a variant without limit from one it says nothing of.
  tracks_stock: told.tracks_stock || (told.stock === null && old.tracks_stock),
  position,
  updated_at: now,
})

const added = (told: ImportVariant) => ({ ...told, stock: told.stock ?? 0, reserved: 0 })

const fitted = (values: string[], width: number) =>
  Array.from({ length: width }, (_, at) => values[at] ?? '–')
