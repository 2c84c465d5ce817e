import { readImages, variantImage } from './images.ts'
import type { Line } from './line.ts'
import type { Field } from './headers.ts'
import type { CsvProduct, CsvProductStatus } from './types.ts'
import { describesVariant, readVariants } from './variants.ts'
import { nameFromSlug, slug } from '../slug.ts'

/** The lines of one product; `first` is the first of `lines`. */
export type Group = { handle: string; first: Line; lines: Line[] }

const NO_CATEGORY = 'uncategorized'
const STATUSES = new Set(['active', 'draft', 'archived'])
const PRODUCT_FIELDS = [
  'title',
  'description',
  'vendor',
  'type',
  'category',
  'tags',
  'status',
  'published',
  'seo_title',
  'seo_description',
] as const satisfies Field[]

function handleOf(line: Line): string | null {
  const written = line.text('handle')
  const handle = slug(written)
  if (written && handle && handle !== written) {
    line.handle = handle
    line.warn('handle_changed', `${written} read as ${handle}`)
  }
  return handle || null
}

/** A title's handle: that of the product with the same title, else the first free one. */
function derivedHandle(line: Line, groups: Map<string, Group>, titles: Map<string, string>): string | null {
  const title = line.text('title')
  const base = slug(title)
  if (!base) return null
  const known = titles.get(title.toLowerCase())
  if (known) return known
  let handle = base
  for (let next = 2; groups.has(handle); next++) handle = `${base}-${next}`
  line.handle = handle
  line.warn('handle_derived', `no handle: ${handle} made from the title`)
  return handle
}

/** Lines by handle, in the order in which handles first appear; lines of a product need not be adjacent. */
export function groupLines(lines: Line[]): Group[] {
  const groups = new Map<string, Group>()
  const titles = new Map<string, string>()
  for (const line of lines) {
    const handle = handleOf(line) ?? derivedHandle(line, groups, titles)
    if (!handle) {
      line.warn('handle_missing', 'neither handle nor title: line left out')
      continue
    }
    line.handle = handle
    const title = line.text('title').toLowerCase()
    if (title && !titles.has(title)) titles.set(title, handle)
    const group = groups.get(handle)
    if (group) group.lines.push(line)
    else groups.set(handle, { handle, first: line, lines: [line] })
  }
  return [...groups.values()]
}

const firstText = (lines: Line[], field: Field) => lines.map((line) => line.text(field)).find(Boolean) ?? null

function reportConflicts({ lines }: Group) {
  const kept = new Map(PRODUCT_FIELDS.map((field) => [field, firstText(lines, field)?.toLowerCase()]))
  for (const line of lines) {
    const differing = PRODUCT_FIELDS.filter((field) => {
      const text = line.text(field).toLowerCase()
      return text !== '' && text !== kept.get(field)
    })
    if (differing.length) {
      line.warn('conflicting_value', `${differing.join(', ')}: differs from an earlier line, which is kept`)
    }
  }
}

function titleOf({ handle, first, lines }: Group): string | null {
  const title = firstText(lines, 'title')
  if (title) return title
  if (!lines.some(describesVariant)) {
    for (const line of lines) line.warn('title_missing', 'no title and nothing to sell: left out')
    return null
  }
  first.warn('title_derived', 'no title: made from the handle')
  return nameFromSlug(handle)
}

function tagsOf(lines: Line[]): string[] {
  const tags = new Map<string, string>()
  for (const part of (firstText(lines, 'tags') ?? '').split(',')) {
    const tag = part.trim()
    if (tag && !tags.has(tag.toLowerCase())) tags.set(tag.toLowerCase(), tag)
  }
  return [...tags.values()]
}

/** Blank means active and published, as in Shopify. What the online shop did not show does not become visible. */
function statusOf({ first, lines }: Group): CsvProductStatus {
  const stated = lines.find((line) => line.text('status')) ?? first
  const published = lines.find((line) => line.text('published'))?.boolean('published', true) ?? true
  const status = stated.text('status').toLowerCase()
  if (status && !STATUSES.has(status)) {
    stated.warn('status_unknown', `status ${status} read as draft`)
    return 'draft'
  }
  if (status === 'active' && !published) {
    stated.warn('not_published', 'active, but not published: read as draft')
  }
  if (status === 'draft' || status === 'archived') return status
  return published ? 'active' : 'draft'
}

function categoryOf(lines: Line[]): string | null {
  const category = firstText(lines, 'category')
  return category?.toLowerCase() === NO_CATEGORY ? null : category
}

/** Null when the lines hold no product. Of repeated values the first that is not blank counts, as in Shopify. */
export function readProduct(group: Group): CsvProduct | null {
  const { handle, lines } = group
  const title = titleOf(group)
  if (title === null) return null
  reportConflicts(group)
  const giftCard = lines.find((line) => line.text('gift_card'))?.boolean('gift_card', false) ?? false
  const { slots, variants } = readVariants(lines, giftCard, variantImage)
  return {
    handle,
    title,
    description_html: lines.find((line) => line.text('description'))?.raw('description') ?? '',
    vendor: firstText(lines, 'vendor'),
    type: firstText(lines, 'type'),
    category: categoryOf(lines),
    tags: tagsOf(lines),
    status: statusOf(group),
    gift_card: giftCard,
    seo: { title: firstText(lines, 'seo_title'), description: firstText(lines, 'seo_description') },
    options: slots.map(({ name, values }) => ({ name, values })),
    variants,
    images: readImages(lines),
    line: group.first.line,
  }
}
