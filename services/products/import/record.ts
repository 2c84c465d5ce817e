import { createHash } from 'node:crypto'
import { safeHtml } from '../domain/html.ts'
import type { CsvProduct, CsvVariant } from '../domain/shopify/types.ts'
import { withEnd } from '../../../shared/kernel/slug.ts'
import type { ProductOption } from '../schema.ts'
import { NewVariant, VariantChanges } from '../shapes/variant.ts'
import { ProductChanges } from '../shapes/admin-product.ts'

export type ImportNote = {
  line: number
  handle: string | null
  severity: 'error' | 'warning'
  code: string
  message: string
}

/** What is undefined the file doesn't say. */
export type ImportVariant = Partial<Omit<NewVariant, 'option_values'>> & {
  line: number
  option_values: string[]
  /** Of a new variant, where `tracks_stock` is not told. */
  tracks_stock_if_new: boolean
}

/** A product of a file, within the limits that the API has. What is undefined the file doesn't say. */
export type ImportRecord = {
  line: number
  /** What it is known by in files. */
  handle: string
  fields: Pick<
    ProductChanges,
    'name' | 'description' | 'product_type' | 'tags' | 'status' | 'seo_title' | 'seo_description'
  >
  brand?: string
  /** From the root down. */
  category?: string[]
  /** The file has no category, and its type is taken for one. */
  is_category_type: boolean
  /** Null: the file says nothing of options. Their values are those of the variants. */
  options: ProductOption[] | null
  /** Those, by their index, whose name the file doesn't say. */
  unnamed_options: number[]
  /** How many options of a product the file has columns for. */
  option_columns: number
  describes_variants: boolean
  variants: ImportVariant[]
  images: { url: string; alt_text: string | null }[]
  /** SHA-256, hexadecimal, of what the file says: the same again changes nothing. */
  hash: string
}

/** Counted up when the same file has to be read into other rows than before. */
const HASH_VERSION = 3
const MAX_HANDLE = 255
const MAX_NAME = 255
const MAX_CATEGORY_DEPTH = 10
/** As the shapes have them. */
const MAX = {
  description: 200_000,
  seo_description: 5_000,
  alt_text: 512,
  tags: 250,
  images: 100,
  variants: 500,
}

/** What the API's own schema says of a variant, its stock included. */
const VariantFields = VariantChanges.extend({ stock: NewVariant.shape.stock.unwrap().optional() })

/**
 * Holds a product against the schemas of the API: texts that are too long are cut, lists that are too long shortened,
 * every other value that the API would refuse is left out. All of it is reported.
 */
export function toRecord(product: CsvProduct): { record: ImportRecord; notes: ImportNote[] } {
  const fitting = new Fitting(product)
  const { line, options, unnamed_options, option_columns, describes_variants } = product
  const named = options?.map(({ name }) => ({ name: fitting.cut(name, MAX_NAME, 'option name'), values: [] }))
  const fields = fitting.fields(product)
  const variants = fitting.first(product.variants, MAX.variants, 'variants')
    .flatMap((each) => fitting.variant(each) ?? [])
  const record: ImportRecord = {
    line,
    handle: fitting.handle,
    fields,
    brand: fitting.text(product.vendor, MAX_NAME, 'vendor'),
    category: fitting.category(product),
    is_category_type: pathOf(product.category).length === 0,
    options: named ?? null,
    unnamed_options,
    option_columns,
    describes_variants,
    variants,
    images: fitting.images(product),
    hash: hashOf(product),
  }
  return { record, notes: fitting.notes }
}

class Fitting {
  readonly notes: ImportNote[] = []
  readonly handle: string
  readonly #line: number

  constructor({ handle, line }: CsvProduct) {
    this.handle = Array.from(handle).length > MAX_HANDLE
      ? withEnd(handle, sha256(handle).slice(0, 12))
      : handle
    this.#line = line
  }

  warn(code: string, message: string, line = this.#line) {
    this.notes.push({ line, handle: this.handle, severity: 'warning', code, message })
  }

  refuse(message: string, line = this.#line) {
    this.notes.push({ line, handle: this.handle, severity: 'error', code: 'value_refused', message })
  }

  /** `max` in UTF-16 units, as the schemas count; a character is never halved. */
  cut(text: string, max: number, what: string): string {
    if (text.length <= max) return text
    this.warn('text_cut', `${what} has more than ${max} characters: cut`)
    const end = /[\ud800-\udbff]/.test(text.charAt(max - 1)) ? max - 1 : max
    return text.slice(0, end).trim()
  }

  text(text: string | undefined, max: number, what: string): string | undefined {
    return text === undefined ? undefined : this.cut(text, max, what) || undefined
  }

  first<T>(list: T[], max: number, what: string): T[] {
    if (list.length > max) this.warn('list_cut', `${list.length} ${what}: the first ${max} are taken`)
    return list.slice(0, max)
  }

  fields(product: CsvProduct): ImportRecord['fields'] {
    const { title, description_html, type, tags, status, seo_title, seo_description } = product
    const description = this.text(description_html, MAX.description, 'description')
    const told = {
      name: this.text(title, MAX_NAME, 'title'),
      // Made safe it may be longer, as `&` becomes `&amp;`: cut to half, it fits at last.
      description: description && fittingHtml(description),
      product_type: this.text(type, MAX_NAME, 'type'),
      tags: tags && this.first(tags, MAX.tags, 'tags').map((tag) => this.cut(tag, MAX_NAME, 'tag')),
      status,
      seo_title: this.text(seo_title, MAX_NAME, 'SEO title'),
      seo_description: this.text(seo_description, MAX.seo_description, 'SEO description'),
    }
    return this.#checked(ProductChanges, told, this.#line)
  }

  variant(told: CsvVariant): ImportVariant | null {
    const { options: option_values, line } = told
    const checked = this.#checked(VariantFields, {
      option_values,
      sku: told.sku,
      barcode: told.barcode,
      price: told.price,
      compare_at_price: told.compare_at_price,
      cost_price: told.cost,
      stock: told.quantity,
      tracks_stock: told.tracked,
      allows_backorder: told.oversell_allowed,
      weight_grams: told.grams,
      requires_shipping: told.requires_shipping,
      taxable: told.taxable,
      image_url: told.image_url,
    }, line)
    if (!checked.option_values) return null // Reported: without them it is none of the product's.
    return {
      ...checked,
      option_values: checked.option_values,
      line,
      tracks_stock_if_new: told.tracked_if_new,
    }
  }

  images({ images }: CsvProduct): ImportRecord['images'] {
    return this.first(images, MAX.images, 'images').flatMap(({ url, alt }) => {
      const alt_text = this.text(alt ?? undefined, MAX.alt_text, 'image text') ?? null
      return this.#checked(ProductChanges, { images: [{ url, alt_text }] }, this.#line).images ?? []
    }) as ImportRecord['images']
  }

  /** `Home > Kitchen > Mugs`, as Shopify's taxonomy is written; else the shop's own type. */
  category({ category, type }: CsvProduct): string[] | undefined {
    const path = pathOf(category)
    const told = path.length > 0 ? path : type ? [type] : []
    if (told.length === 0) return undefined
    return this.first(told, MAX_CATEGORY_DEPTH, 'levels of categories')
      .map((name) => this.cut(name, MAX_NAME, 'category'))
  }

  /** What a schema accepts of these values. What it refuses is left out and reported. */
  #checked<T>(schema: Checks<T>, values: Record<string, unknown>, line: number): T {
    const parsed = schema.safeParse(values)
    if (parsed.success) return parsed.data
    const refused = new Set(parsed.error.issues.map(({ path }) => path[0]))
    for (const { path, message } of parsed.error.issues) {
      const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], values)
      this.refuse(`${String(path[0])}: ${String(value).slice(0, 100)} ${message}: left out`, line)
    }
    return schema.parse(Object.fromEntries(Object.entries(values).filter(([name]) => !refused.has(name))))
  }
}

const pathOf = (category = ''): string[] => category.split('>').map((name) => name.trim()).filter(Boolean)

type Checks<T> = {
  parse(value: unknown): T
  safeParse(
    value: unknown,
  ): { success: true; data: T } | {
    success: false
    error: { issues: { path: PropertyKey[]; message: string }[] }
  }
}

function fittingHtml(html: string): string | undefined {
  const safe = safeHtml(html)
  if (safe.length <= MAX.description) return safe || undefined
  return safeHtml(html.slice(0, html.length / 2).replace(/[\ud800-\udbff]$/, '')).slice(0, MAX.description) ||
    undefined
}

/** Where a record stands in the file is not part of it. */
function hashOf(product: CsvProduct): string {
  const text = JSON.stringify(product, (key, value) => key === 'line' ? undefined : value)
  return sha256(`${HASH_VERSION} ${text}`)
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
