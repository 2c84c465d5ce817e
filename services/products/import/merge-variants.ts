import { madeAt } from '../../../shared/db/columns.ts'
import { nameKey } from '../../../shared/kernel/slug.ts'
import { variantKey } from '../domain/options.ts'
import type { ProductOption, variants } from '../schema.ts'
import type { StockPolicy } from '../shapes/admin-product-import.ts'
import type { ImportRecord, ImportVariant } from './record.ts'

export type VariantRow = typeof variants.$inferSelect
type Note = { line: number; severity: 'error' | 'warning'; code: string; message: string }

export type Merged = {
  /** As they will be: changed and new ones, and those that only move to the end. */
  rows: VariantRow[]
  gone: VariantRow['id'][]
  /** What the variants of the product are afterwards. */
  all: VariantRow[]
  /** Its options, as far as they are known without the variants. */
  options: ProductOption[]
  notes: Note[]
}

type Setting = {
  product_id: VariantRow['product_id']
  record: ImportRecord
  present: VariantRow[]
  /** Of the product, before. */
  options: ProductOption[]
  policy: StockPolicy
  now: Date
  newId: () => VariantRow['id']
}

/**
 * The variants of a product after an import. A file that tells all options has all of them: those of the same option
 * values, else of the same SKU, stay themselves with their stock and reservations, others are removed. A file that has
 * no column for some option changes those it names by SKU or by the values it has, and leaves the rest alone.
 */
export function mergeVariants(setting: Setting): Merged {
  const { record, present, options } = setting
  if (present.length === 0) return createVariants(setting)
  if (!record.describes_variants) return { rows: [], gone: [], all: present, options, notes: [] }
  const tellsAll = record.options !== null && record.option_columns >= options.length
  return tellsAll ? replaceAll(setting, record.options!) : changeSome(setting)
}

function createVariants({ product_id, record, now, newId }: Setting): Merged {
  const notes: Note[] = []
  const told = record.variants.length > 0 ? record.variants : [NOTHING_TOLD(record.line)]
  const fitting = record.options === null ? told.slice(0, 1) : told
  for (const { line } of told.slice(fitting.length)) {
    notes.push(error(line, 'duplicate_variant', 'no options tell it from the first one: left out'))
  }
  const rows = fitting.map((each, position): VariantRow => {
    if ((each.price ?? null) === null) notes.push(warning(each.line, 'price_missing', NO_PRICE))
    return { ...added(each), id: newId(), product_id, position, ...madeAt(now) }
  })
  return { rows, gone: [], all: rows, options: record.options ?? [], notes }
}

function changeSome(setting: Setting): Merged {
  const { record, present, options } = setting
  const notes: Note[] = []
  const changes = new Map<VariantRow['id'], VariantRow>()
  for (const told of record.variants) {
    const same = present.filter(({ sku }) => told.sku !== undefined && sku === told.sku)
    const fitting = same.length > 0 ? same : withValues(told, setting)
    const [old] = fitting
    if (!old || fitting.length > 1 || changes.has(old.id)) {
      const which = told.sku ? `SKU ${told.sku}` : `${present.length} variants`
      notes.push(
        error(told.line, 'variant_unknown', `${which}: neither options nor a SKU tell which it is: left out`),
      )
    } else {
      const changes_to = { ...told, option_values: old.option_values }
      changes.set(old.id, changed(old, changes_to, old.position, setting, notes))
    }
  }
  return {
    rows: [...changes.values()],
    gone: [],
    all: present.map((row) => changes.get(row.id) ?? row),
    options,
    notes,
  }
}

/** The variants that have the values which the file tells, of those options that it has. */
function withValues(told: ImportVariant, { record, present, options }: Setting): VariantRow[] {
  const places = placesOf(namedAs(record.options ?? [], record, options), options)
  return present.filter(({ option_values }) =>
    told.option_values.every((value, at) =>
      nameKey(option_values[places?.[at] ?? at] ?? '') === nameKey(value)
    )
  )
}

/** What the file doesn't name is called as before. */
const namedAs = (told: ProductOption[], { unnamed_options }: ImportRecord, options: ProductOption[]) =>
  told.map((option, at) =>
    unnamed_options.includes(at) ? { ...option, name: options[at]?.name ?? option.name } : option
  )

/** Where each of these options stands among others, by its name. Null: not all of them are there. */
function placesOf(told: ProductOption[], options: ProductOption[]): number[] | null {
  const places = told.map(({ name }) => options.findIndex((each) => nameKey(each.name) === nameKey(name)))
  return places.includes(-1) || new Set(places).size < places.length ? null : places
}

function replaceAll(setting: Setting, told: ProductOption[]): Merged {
  const { product_id, record, now, newId } = setting
  const options = namedAs(told, record, setting.options)
  // The same options in another order are the same variants.
  const places = options.length === setting.options.length ? placesOf(options, setting.options) : null
  const present = setting.present.map((row) =>
    places ? { ...row, option_values: places.map((at) => row.option_values[at] ?? '') } : row
  )
  const tracksAny = present.some(({ tracks_stock }) => tracks_stock)
  const notes: Note[] = []
  const left = new Map(present.map((row) => [row.id, row]))
  const matches = matched(record.variants, present)
  for (const old of matches.values()) left.delete(old.id)
  const rows = record.variants.map((told, position): VariantRow => {
    const old = matches.get(told)
    if (!old) {
      const row = added(told)
      if (row.price === null) notes.push(warning(told.line, 'price_missing', NO_PRICE))
      // Nothing is said of its stock: it is counted as that of the others is.
      if (tracksAny && told.tracks_stock === undefined && told.stock === undefined) {
        row.tracks_stock = true
        notes.push(warning(told.line, 'stock_missing', NO_STOCK))
      }
      return { ...row, id: newId(), product_id, position, ...madeAt(now) }
    }
    return changed(old, told, position, setting, notes)
  })
  const kept = [...left.values()].filter(({ reserved }) => reserved > 0)
  const gone = [...left.values()].filter(({ reserved }) => reserved === 0)
  for (const row of kept) {
    const message = `${nameOf(row)} is not in the file, but pending orders hold it: kept`
    notes.push(warning(record.line, 'variant_kept', message))
  }
  for (const row of gone) {
    notes.push(warning(record.line, 'variant_removed', `${nameOf(row)} is not in the file: removed`))
  }
  const width = options.length
  const odd = kept.map((row, at) => ({
    ...row,
    option_values: fitted(row.option_values, width),
    position: rows.length + at,
  }))
  const all = [...rows, ...odd]
  return { rows: all, gone: gone.map(({ id }) => id), all, options, notes }
}

/** By option values; what is left on both sides by its SKU, where that is theirs alone. */
function matched(told: ImportVariant[], present: VariantRow[]): Map<ImportVariant, VariantRow> {
  const byKey = new Map(present.map((row) => [variantKey(row.option_values), row]))
  const pairs = new Map<ImportVariant, VariantRow>()
  for (const each of told) {
    const old = byKey.get(variantKey(each.option_values))
    if (old) pairs.set(each, old)
  }
  const taken = new Set([...pairs.values()].map(({ id }) => id))
  const bySku = new Map<string, VariantRow | null>()
  for (const row of present) {
    if (row.sku !== null && !taken.has(row.id)) bySku.set(row.sku, bySku.has(row.sku) ? null : row)
  }
  for (const each of told) {
    const old = each.sku != null && !pairs.has(each) ? bySku.get(each.sku) : undefined
    if (!old) continue
    pairs.set(each, old)
    bySku.set(each.sku!, null)
  }
  return pairs
}

/** Stock is the shop's own count, unless the file is to set it. It never goes below what pending orders hold. */
function changed(
  old: VariantRow,
  told: ImportVariant,
  position: number,
  { policy, now }: Setting,
  notes: Note[],
): VariantRow {
  const implied = policy === 'set' && told.stock !== undefined ? told.tracks_stock_if_new : old.tracks_stock
  const tracks_stock = told.tracks_stock ?? implied
  // What was sold without limit has no count to keep.
  const takes = policy === 'set' || (tracks_stock && !old.tracks_stock)
  const stock = takes && told.stock !== undefined ? Math.max(told.stock, old.reserved) : old.stock
  const isHeld = takes && told.stock !== undefined && told.stock < old.reserved
  if (isHeld) {
    const message = `stock ${told.stock}: pending orders hold ${old.reserved}, which are kept`
    notes.push(warning(told.line, 'stock_held', message))
  }
  if (told.compare_at_price === null && old.compare_at_price !== null) {
    notes.push(
      warning(told.line, 'compare_at_removed', `${nameOf(old)}: the compare-at price is blank: removed`),
    )
  }
  return {
    ...old,
    option_values: told.option_values,
    sku: told.sku ?? old.sku,
    barcode: told.barcode ?? old.barcode,
    price: told.price ?? old.price,
    compare_at_price: told.compare_at_price === undefined ? old.compare_at_price : told.compare_at_price,
    cost_price: told.cost_price ?? old.cost_price,
    weight_grams: told.weight_grams ?? old.weight_grams,
    image_url: told.image_url ?? old.image_url,
    allows_backorder: told.allows_backorder ?? old.allows_backorder,
    requires_shipping: told.requires_shipping ?? old.requires_shipping,
    taxable: told.taxable ?? old.taxable,
    tracks_stock,
    stock,
    position,
    updated_at: now,
  }
}

const added = (told: ImportVariant) => ({
  option_values: told.option_values,
  sku: told.sku ?? null,
  barcode: told.barcode ?? null,
  price: told.price ?? null,
  compare_at_price: told.compare_at_price ?? null,
  cost_price: told.cost_price ?? null,
  weight_grams: told.weight_grams ?? null,
  image_url: told.image_url ?? null,
  allows_backorder: told.allows_backorder ?? false,
  requires_shipping: told.requires_shipping ?? true,
  taxable: told.taxable ?? true,
  tracks_stock: told.tracks_stock ?? told.tracks_stock_if_new,
  stock: told.stock ?? 0,
  reserved: 0,
})

const NO_PRICE = 'no price: cannot be bought until one is given'
const NO_STOCK = 'no stock: counted as that of its other variants, and cannot be bought until there is some'
const NOTHING_TOLD = (line: number): ImportVariant => ({
  line,
  option_values: [],
  tracks_stock_if_new: false,
})

const nameOf = ({ option_values, sku }: VariantRow) => option_values.join(' / ') || sku || 'a variant'
const error = (line: number, code: string, message: string): Note => ({
  line,
  severity: 'error',
  code,
  message,
})
const warning = (line: number, code: string, message: string): Note => ({
  line,
  severity: 'warning',
  code,
  message,
})

const fitted = (values: string[], width: number) =>
  Array.from({ length: width }, (_, at) => values[at] ?? '–')
