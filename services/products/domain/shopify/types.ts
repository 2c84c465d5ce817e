/** What the reader of Shopify's product file gives back. Amounts are integers in the currency's minor unit. */

export type CsvProductStatus = 'active' | 'draft' | 'archived'

export type CsvOption = { name: string; values: string[] }

export type CsvImage = { url: string; position: number; alt: string | null }

export type CsvVariant = {
  /** First physical line of the record in the file. */
  line: number
  /** One value for each of the product's options, in their order; empty for a product without options. */
  options: string[]
  sku: string | null
  /** 1 for the first variant of the file with this SKU (or none), 2 for the next with the same one, … */
  sku_occurrence: number
  barcode: string | null
  /** Null: not purchasable until a price is given. */
  price: number | null
  compare_at_price: number | null
  cost: number | null
  grams: number | null
  /** Never negative; null when the file does not say. */
  quantity: number | null
  tracked: boolean
  oversell_allowed: boolean
  requires_shipping: boolean
  taxable: boolean
  image_url: string | null
}

export type CsvProduct = {
  handle: string
  title: string
  /** As in the file, not sanitised. */
  description_html: string
  vendor: string | null
  type: string | null
  category: string | null
  tags: string[]
  status: CsvProductStatus
  gift_card: boolean
  seo: { title: string | null; description: string | null }
  options: CsvOption[]
  variants: CsvVariant[]
  images: CsvImage[]
  line: number
}

/** Errors leave their line (or variant) out; warnings keep it with a change. */
export const CSV_PROBLEMS = {
  file_empty: 'error',
  header_unknown: 'error',
  unclosed_quote: 'error',
  rest_unreadable: 'error',
  handle_missing: 'error',
  title_missing: 'error',
  duplicate_variant: 'error',
  encoding_guessed: 'warning',
  stray_quote: 'warning',
  too_few_fields: 'warning',
  too_many_fields: 'warning',
  header_repeated: 'warning',
  handle_derived: 'warning',
  handle_changed: 'warning',
  title_derived: 'warning',
  conflicting_value: 'warning',
  status_unknown: 'warning',
  not_published: 'warning',
  option_name_missing: 'warning',
  option_value_missing: 'warning',
  option_value_respelled: 'warning',
  variant_fields_ignored: 'warning',
  price_missing: 'warning',
  amount_unreadable: 'warning',
  amount_ambiguous: 'warning',
  amount_rounded: 'warning',
  compare_at_too_low: 'warning',
  quantity_unreadable: 'warning',
  quantity_negative: 'warning',
  quantity_rounded: 'warning',
  weight_unreadable: 'warning',
  value_unknown: 'warning',
  excel_text_marker: 'warning',
  scientific_notation: 'warning',
  sku_repeated: 'warning',
  image_url_invalid: 'warning',
  image_position_invalid: 'warning',
} as const

export type CsvProblemCode = keyof typeof CSV_PROBLEMS

export type CsvProblem = {
  /** Physical line, from 1, as an editor numbers it. */
  line: number
  handle: string | null
  severity: 'error' | 'warning'
  code: CsvProblemCode
  message: string
}

/** `lines` counts the physical lines of the file, header included. */
export type ShopifyCsv = { products: CsvProduct[]; problems: CsvProblem[]; lines: number }

export type Report = (line: number, handle: string | null, code: CsvProblemCode, message: string) => void
