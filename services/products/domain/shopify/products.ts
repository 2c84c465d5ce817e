import { nameKey } from '../../../../shared/kernel/slug.ts'
import { readImages, variantImage } from './images.ts'
import type { Field } from './headers.ts'
import type { Line } from './line.ts'
import type { CsvProduct, CsvProductStatus } from './types.ts'
import { readVariants } from './variants.ts'

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

/** Longer ones differ, if at all, where nobody looks. */
const MAX_HANDLE = 1_000

/**
 * What the lines of one product have in common: `My Mug` and `my-mug` are the same handle, `noël` and `noel`, `c` and
 * `c++` are not. Empty for a text of nothing.
 */
export const handleKey = (text: string): string => nameKey(text.slice(0, MAX_HANDLE)).replaceAll(' ', '-')

const firstText = (lines: Line[], field: Field) => lines.map((line) => line.text(field)).find(Boolean)

function reportConflicts(lines: Line[]) {
  const fields = PRODUCT_FIELDS.filter((field) => lines[0]!.has(field))
  const kept = new Map(fields.map((field) => [field, firstText(lines, field)?.toLowerCase()]))
  for (const line of lines) {
    const differing = fields.filter((field) => {
      const text = line.text(field).toLowerCase()
      return text !== '' && text !== kept.get(field)
    })
    if (differing.length) {
      line.warn('conflicting_value', `${differing.join(', ')}: differs from an earlier line, which is kept`)
    }
  }
}

function tagsOf(lines: Line[]): string[] | undefined {
  if (!lines[0]!.has('tags')) return undefined
  const tags = new Map<string, string>()
  for (const part of (firstText(lines, 'tags') ?? '').split(',')) {
    const tag = part.trim()
    if (tag && !tags.has(tag.toLowerCase())) tags.set(tag.toLowerCase(), tag)
  }
  return [...tags.values()]
}

/** What the online shop did not show does not become visible. Undefined: the file says neither. */
function statusOf(lines: Line[]): CsvProductStatus | undefined {
  const stated = lines.find((line) => line.text('status'))
  const published = lines.find((line) => line.text('published'))?.boolean('published')
  const status = stated?.text('status').toLowerCase()
  if (status !== undefined && !STATUSES.has(status)) {
    stated!.warn('status_unknown', `status ${status} read as draft`)
    return 'draft'
  }
  if (status === 'active' && published === false) {
    stated!.warn('not_published', 'active, but not published: read as draft')
  }
  if (status === 'draft' || status === 'archived') return status
  if (published === false) return 'draft'
  return status === 'active' || published ? 'active' : undefined
}

function categoryOf(lines: Line[]): string | undefined {
  const category = firstText(lines, 'category')
  return category?.toLowerCase() === NO_CATEGORY ? undefined : category
}

/** Of repeated values the first that is not blank counts, as in Shopify. `lines`: all of the product, one at least. */
export function readProduct(handle: string, lines: Line[]): CsvProduct {
  if (lines.length > 1) reportConflicts(lines)
  const giftCard = lines.find((line) => line.text('gift_card'))?.boolean('gift_card') ?? false
  return {
    line: lines[0]!.line,
    handle,
    title: firstText(lines, 'title'),
    description_html: lines.find((line) => line.raw('description').trim())?.raw('description'),
    vendor: firstText(lines, 'vendor'),
    type: firstText(lines, 'type'),
    category: categoryOf(lines),
    tags: tagsOf(lines),
    status: statusOf(lines),
    gift_card: giftCard,
    seo_title: firstText(lines, 'seo_title'),
    seo_description: firstText(lines, 'seo_description'),
    ...readVariants(lines, giftCard, variantImage),
    images: readImages(lines),
  }
}
