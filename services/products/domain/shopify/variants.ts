import type { Line } from './line.ts'
import type { CsvOption, CsvProduct, CsvVariant } from './types.ts'

const POSITIONS = [1, 2, 3] as const
const PLACEHOLDER_NAME = 'title'
const PLACEHOLDER_VALUE = 'default title'
const MISSING_VALUE = 'Default'
const UNTRACKED = new Set(['none', 'false', 'not tracked', "don't track"])

/** An option of the product and which of the file's three it is. */
type Slot = CsvOption & { position: 1 | 2 | 3; isNamed: boolean }

/** Null options: no line says anything of options. */
type Found = Pick<
  CsvProduct,
  'options' | 'unnamed_options' | 'option_columns' | 'describes_variants' | 'variants'
>

const valueAt = (line: Line, position: 1 | 2 | 3) => line.text(`option${position}_value`)

const hasOptionValue = (line: Line) => POSITIONS.some((position) => valueAt(line, position))

/**
 * A line describes a variant when it says something only a variant has. Columns that spreadsheets fill down
 * (tracker, policy, taxable, units, …) do not count.
 */
function describesVariant(line: Line): boolean {
  if (hasOptionValue(line)) return true
  return (['sku', 'barcode', 'price', 'compare_at_price', 'cost', 'quantity', 'grams', 'weight'] as const)
    .some((field) => line.text(field))
}

/** Of a product whose lines say nothing else of variants, the first one's are its only variant's. */
const tellsOfVariant = (line: Line): boolean =>
  (['tracker', 'policy', 'requires_shipping', 'taxable', 'variant_image'] as const)
    .some((field) => line.text(field))

/** Options of a product. `Title` with only `Default Title` is Shopify's way of writing "no options". */
function slotsOf(lines: Line[]): Slot[] {
  return POSITIONS.flatMap((position) => {
    const valued = lines.filter((line) => valueAt(line, position))
    const name = lines.map((line) => line.text(`option${position}_name`)).find(Boolean) ?? ''
    const placeholder = valued.every((line) => valueAt(line, position).toLowerCase() === PLACEHOLDER_VALUE)
    const meansNone = placeholder && (name === '' || name.toLowerCase() === PLACEHOLDER_NAME || position > 1)
    if (valued.length === 0 || meansNone) return []
    if (!name) {
      const what = `option ${position} has no name: keeps its own, or is called Option ${position}`
      valued[0]?.warn('option_name_missing', what)
    }
    return [{ position, name: name || `Option ${position}`, values: [], isNamed: name !== '' }]
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

function compareAt(line: Line, price: number | undefined): number | null | undefined {
  if (!line.has('compare_at_price')) return undefined
  if (!line.text('compare_at_price')) return null
  const amount = line.amount('compare_at_price')
  if (amount === undefined) return undefined
  if (price === undefined || amount > price) return amount || null
  if (amount > 0) line.warn('compare_at_too_low', 'compare-at price is not above the price: left out')
  return null
}

function tracked(line: Line): boolean | undefined {
  const tracker = line.text('tracker').toLowerCase()
  return tracker ? !UNTRACKED.has(tracker) : undefined
}

/**
 * Shopify leaves the tracker blank for a variant it does not track, yet merchants who write quantities without a
 * tracker (as in Shopify's own sample files) mean them, 0 included. So a quantity means tracked. The exception is
 * the 0 Shopify writes for untracked goods which are not shipped (downloads, services, gift cards): taking that for
 * stock would make them unsellable.
 */
const meansTracked = (line: Line, quantity: number | undefined, shipped: boolean): boolean =>
  quantity !== undefined && (quantity > 0 || shipped || line.text('quantity').startsWith('-'))

function readVariant(line: Line, options: string[], giftCard: boolean): CsvVariant {
  const price = line.amount('price')
  const quantity = line.quantity()
  const unless = giftCard ? false : undefined
  const requires_shipping = line.boolean('requires_shipping') ?? unless
  return {
    line: line.line,
    options,
    sku: line.code('sku'),
    barcode: line.code('barcode'),
    price,
    compare_at_price: compareAt(line, price),
    cost: line.amount('cost'),
    grams: line.grams(),
    quantity,
    tracked: tracked(line),
    tracked_if_new: meansTracked(line, quantity, requires_shipping ?? true),
    oversell_allowed: line.oversell(),
    requires_shipping,
    taxable: line.boolean('taxable') ?? unless,
  }
}

/** Lines of further images onto which a spreadsheet filled down price or SKU: no option value, nothing new. */
function isFilledDownImage(line: Line, skus: Set<string>): boolean {
  const sku = line.text('sku')
  return skus.size > 0 && !hasOptionValue(line) && Boolean(line.text('image_url')) && (!sku || skus.has(sku))
}

/** The product's variants; of one without any description of them, what the first line says of all. */
export function readVariants(
  lines: Line[],
  giftCard: boolean,
  imageOf: (line: Line) => string | undefined,
): Found {
  const described = lines.filter(describesVariant)
  const candidates = described.length > 0 ? described : lines.slice(0, 1)
  const slots = slotsOf(candidates)
  const isSilent = slots.length === 0 && !candidates.some(hasOptionValue)
  const spellings = new Map<string, string>()
  const skus = new Set<string>()
  const lineByKey = new Map<string, number>()
  const variants: CsvVariant[] = []
  for (const line of candidates) {
    if (isFilledDownImage(line, skus)) {
      line.warn('variant_fields_ignored', 'no option value: read as a further image only')
      continue
    }
    const options = slots.map((slot) => optionValue(line, slot, spellings))
    // Without options they are told apart by their codes.
    const key = JSON.stringify(isSilent ? line.text('sku') : options)
    const first = lineByKey.get(key)
    if (first !== undefined) {
      const name = options.join(' / ') || line.text('sku') || 'the only variant'
      line.warn('duplicate_variant', `${name} was given on line ${first}: left out`)
      continue
    }
    lineByKey.set(key, line.line)
    skus.add(line.text('sku'))
    variants.push({ ...readVariant(line, options, giftCard), image_url: imageOf(line) })
  }
  const options = slots.map(({ name, values }) => ({ name, values }))
  return {
    options: isSilent ? null : options,
    unnamed_options: slots.flatMap(({ isNamed }, at) => isNamed ? [] : [at]),
    option_columns: POSITIONS.filter((position) => lines[0]!.has(`option${position}_value`)).length,
    describes_variants: described.length > 0 || tellsOfVariant(lines[0]!),
    variants,
  }
}
