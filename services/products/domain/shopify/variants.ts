import type { CsvOption, CsvVariant } from './types.ts'
import type { Line } from './line.ts'

const POSITIONS = [1, 2, 3] as const
const PLACEHOLDER_NAME = 'title'
const PLACEHOLDER_VALUE = 'default title'
const MISSING_VALUE = 'Default'
const UNTRACKED = new Set(['', 'none', 'false', 'not tracked', "don't track"])

/** An option of the product and which of the file's three it is. */
type Slot = CsvOption & { position: 1 | 2 | 3 }

type Found = { slots: Slot[]; variants: CsvVariant[] }

const valueAt = (line: Line, position: 1 | 2 | 3) => line.text(`option${position}_value`)

const hasOptionValue = (line: Line) => POSITIONS.some((position) => valueAt(line, position))

/**
 * A line describes a variant when it says something only a variant has. Columns that spreadsheets fill down
 * (tracker, policy, taxable, units, …) do not count.
 */
export function describesVariant(line: Line): boolean {
  if (hasOptionValue(line)) return true
  return (['sku', 'barcode', 'price', 'compare_at_price', 'cost', 'quantity'] as const).some((field) =>
    line.text(field)
  )
}

/** Options of a product. `Title` with only `Default Title` is Shopify's way of writing "no options". */
function slotsOf(lines: Line[]): Slot[] {
  return POSITIONS.flatMap((position) => {
    const valued = lines.filter((line) => valueAt(line, position))
    const name = lines.map((line) => line.text(`option${position}_name`)).find(Boolean) ?? ''
    const placeholder = valued.every((line) => valueAt(line, position).toLowerCase() === PLACEHOLDER_VALUE)
    const meansNone = placeholder && (name === '' || name.toLowerCase() === PLACEHOLDER_NAME || position > 1)
    if (valued.length === 0 || meansNone) return []
    if (!name) {
      valued[0]?.warn('option_name_missing', `option ${position} has no name: called Option ${position}`)
    }
    return [{ position, name: name || `Option ${position}`, values: [] }]
  })
}

/** Shopify holds `Red` and `red` for the same value: the first spelling is kept. */
function optionValue(line: Line, slot: Slot, spellings: Map<string, string>): string {
  const written = valueAt(line, slot.position)
  if (!written) line.warn('option_value_missing', `${slot.name}: no value, ${MISSING_VALUE} taken`)
  const value = written || MISSING_VALUE
  const key = `${slot.position} ${value.toLowerCase()}`
  const known = spellings.get(key)
  if (known === undefined) {
    spellings.set(key, value)
    slot.values.push(value)
    return value
  }
  if (known !== value) line.warn('option_value_respelled', `${slot.name}: ${value} read as ${known}`)
  return known
}

function compareAt(line: Line, price: number | null): number | null {
  const amount = line.amount('compare_at_price')
  if (amount === null || price === null || amount > price) return amount || null
  if (amount > 0) line.warn('compare_at_too_low', 'compare-at price is not above the price: left out')
  return null
}

/**
 * Shopify leaves the tracker blank for a variant it does not track, yet merchants who write quantities without a
 * tracker (as in Shopify's own sample files) mean them, 0 included. So a quantity means tracked. The exception is
 * the 0 Shopify writes for untracked goods which are not shipped (downloads, services, gift cards): taking that for
 * stock would make them unsellable.
 */
function isTracked(line: Line, quantity: number | null, shipped: boolean): boolean {
  if (!UNTRACKED.has(line.text('tracker').toLowerCase())) return true
  return quantity !== null && (quantity > 0 || shipped || line.text('quantity').startsWith('-'))
}

function readVariant(line: Line, options: string[], giftCard: boolean): CsvVariant {
  const price = line.amount('price')
  if (!line.text('price')) line.warn('price_missing', 'no price: cannot be bought until one is given')
  const quantity = line.quantity()
  const shipped = line.boolean('requires_shipping', !giftCard)
  return {
    line: line.line,
    options,
    sku: line.code('sku'),
    sku_occurrence: 1,
    barcode: line.code('barcode'),
    price,
    compare_at_price: compareAt(line, price),
    cost: line.amount('cost'),
    grams: line.grams(),
    quantity,
    tracked: isTracked(line, quantity, shipped),
    oversell_allowed: line.oversell(),
    requires_shipping: shipped,
    taxable: line.boolean('taxable', !giftCard),
    image_url: null,
  }
}

/** Lines of further images onto which a spreadsheet filled down price or SKU: no option value, nothing new. */
function isFilledDownImage(line: Line, slots: Slot[], skus: Set<string>): boolean {
  const sku = line.text('sku')
  return slots.length > 0 && !hasOptionValue(line) && Boolean(line.text('image_url')) &&
    (!sku || skus.has(sku))
}

/** The product's variants: one at least, whatever the lines say. */
export function readVariants(
  lines: Line[],
  giftCard: boolean,
  imageOf: (line: Line) => string | null,
): Found {
  const described = lines.filter(describesVariant)
  const candidates = described.length ? described : lines.slice(0, 1)
  const slots = slotsOf(candidates)
  const spellings = new Map<string, string>()
  const skus = new Set<string>()
  const lineByOptions = new Map<string, number>()
  const variants: CsvVariant[] = []
  for (const line of candidates) {
    if (isFilledDownImage(line, slots, skus)) {
      line.warn('variant_fields_ignored', 'no option value: read as a further image only')
      continue
    }
    const options = slots.map((slot) => optionValue(line, slot, spellings))
    const key = JSON.stringify(options)
    const first = lineByOptions.get(key)
    if (first !== undefined) {
      line.warn(
        'duplicate_variant',
        `${options.join(' / ') || 'the only variant'} was given on line ${first}: left out`,
      )
      continue
    }
    lineByOptions.set(key, line.line)
    skus.add(line.text('sku'))
    variants.push({ ...readVariant(line, options, giftCard), image_url: imageOf(line) })
  }
  return { slots, variants }
}
