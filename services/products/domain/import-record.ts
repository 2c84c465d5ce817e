import { createHash } from 'node:crypto'
import { safeHtml } from './html.ts'
import type { CsvProduct, CsvVariant } from './shopify/types.ts'
import { slug } from './slug.ts'

export type ImportNote = {
  line: number
  handle: string | null
  severity: 'error' | 'warning'
  code: string
  message: string
}

export type ImportVariant = {
  option_values: string[]
  sku: string | null
  barcode: string | null
  price: number | null
  compare_at_price: number | null
  cost_price: number | null
  stock: number | null
  tracks_stock: boolean
  allows_backorder: boolean
  weight_grams: number | null
  requires_shipping: boolean
  taxable: boolean
  image_url: string | null
}

/** A product of the file as the tables can hold it. */
export type ImportRecord = {
  line: number
  slug: string
  name: string
  /** Safe HTML. */
  description: string | null
  brand: string | null
  /** From the root down. */
  category: string[]
  product_type: string | null
  tags: string[]
  status: 'active' | 'draft' | 'archived'
  meta_title: string | null
  meta_description: string | null
  options: { name: string; values: string[] }[]
  variants: ImportVariant[]
  images: { url: string; alt_text: string | null }[]
  /** SHA-256, hexadecimal, of what the file says: the same again changes nothing. */
  hash: string
}

/** Counted up when the same file has to be read into other rows than before. */
const HASH_VERSION = 1
const MAX_INT = 2_147_483_647
const MAX_IMAGES = 250
const MAX_TAGS = 250
const MAX_CATEGORY_DEPTH = 10
const MAX_DESCRIPTION = 200_000

/** What doesn't fit is cut, and said. */
export function toRecord(product: CsvProduct): { record: ImportRecord; notes: ImportNote[] } {
  const notes: ImportNote[] = []
  const handle = shortSlug(product.handle)
  const note = (line: number, code: string, message: string) =>
    notes.push({ line, handle, severity: 'warning', code, message })
  const cut = (text: string, max: number, what: string, line = product.line): string => {
    const characters = text.length > max ? Array.from(text) : []
    if (characters.length <= max) return text
    note(line, 'text_cut', `${what} has ${characters.length} characters: cut to ${max}`)
    return characters.slice(0, max).join('')
  }
  const cutOrNull = (text: string | null, max: number, what: string, line?: number) =>
    text === null ? null : cut(text, max, what, line)
  const first = <T>(items: T[], max: number, what: string): T[] => {
    if (items.length > max) {
      note(product.line, 'list_cut', `${items.length} ${what}: the first ${max} are taken`)
    }
    return items.slice(0, max)
  }
  const address = (url: string, line: number) => {
    if (url.length <= 2048) return url
    note(line, 'image_url_too_long', 'an image address has more than 2,048 characters: left out')
    return null
  }
  const whole = (value: number | null, what: string, line: number) => {
    if (value === null || value <= MAX_INT) return value
    note(line, 'number_capped', `${what} ${value} is more than can be kept: ${MAX_INT} taken`)
    return MAX_INT
  }
  const variant = (each: CsvVariant): ImportVariant => ({
    option_values: each.options.map((value) => cut(value, 255, 'option value', each.line)),
    sku: cutOrNull(each.sku, 255, 'SKU', each.line),
    barcode: cutOrNull(each.barcode, 64, 'barcode', each.line),
    price: each.price,
    compare_at_price: each.compare_at_price,
    cost_price: each.cost,
    stock: whole(each.quantity, 'quantity', each.line),
    tracks_stock: each.tracked,
    allows_backorder: each.oversell_allowed,
    weight_grams: whole(each.grams, 'weight', each.line),
    requires_shipping: each.requires_shipping,
    taxable: each.taxable,
    image_url: each.image_url && address(each.image_url, each.line),
  })
  if (handle !== product.handle) {
    note(product.line, 'handle_cut', `the handle has more than 255 characters: ${handle} taken`)
  }
  const record: ImportRecord = {
    line: product.line,
    slug: handle,
    name: cut(product.title, 255, 'title'),
    description: product.description_html.trim()
      ? safeHtml(cut(product.description_html, MAX_DESCRIPTION, 'description'))
      : null,
    brand: cutOrNull(product.vendor, 255, 'vendor'),
    category: categoryPath(product).slice(0, MAX_CATEGORY_DEPTH).map((name) => cut(name, 255, 'category')),
    product_type: cutOrNull(product.type, 255, 'type'),
    tags: first(product.tags, MAX_TAGS, 'tags').map((tag) => cut(tag, 255, 'tag')),
    status: product.status,
    meta_title: cutOrNull(product.seo.title, 255, 'SEO title'),
    meta_description: cutOrNull(product.seo.description, 5_000, 'SEO description'),
    options: product.options.map((option) => ({
      name: cut(option.name, 255, 'option name'),
      values: option.values.map((value) => Array.from(value).slice(0, 255).join('')),
    })),
    variants: product.variants.map(variant),
    images: first(product.images, MAX_IMAGES, 'images').flatMap(({ url, alt }) => {
      const fitting = address(url, product.line)
      return fitting === null ? [] : [{ url: fitting, alt_text: cutOrNull(alt, 512, 'image text') }]
    }),
    hash: hashOf(product),
  }
  return { record, notes }
}

/** `Home > Kitchen > Mugs`, as Shopify's taxonomy is written; else the shop's own type. */
function categoryPath({ category, type }: CsvProduct): string[] {
  const path = (category ?? '').split(/\s*>\s*/).map((name) => name.trim()).filter(Boolean)
  return path.length > 0 ? path : type ? [type] : []
}

/** A slug that fits its column, and is still its own. */
export function shortSlug(text: string): string {
  const characters = Array.from(text)
  return characters.length <= 255 ? text : `${characters.slice(0, 240).join('')}-${sha256(text).slice(0, 12)}`
}

/** The slug of a name; of one without a letter, its hash. */
export const slugOr = (name: string): string => shortSlug(slug(name)) || sha256(name).slice(0, 12)

/** Where a record stands in the file, and how its codes are used elsewhere there, is not part of it. */
function hashOf(product: CsvProduct): string {
  const text = JSON.stringify(
    product,
    (key, value) => key === 'line' || key === 'sku_occurrence' ? undefined : value,
  )
  return sha256(`${HASH_VERSION} ${text}`)
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
