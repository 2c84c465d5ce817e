/**
 * What the reader of Shopify's product file gives back. Amounts are integers in the currency's minor unit, in the
 * shop's mode (with VAT or without). What is undefined the file doesn't say: it has no such column, or left it blank.
 */

export type CsvProductStatus = 'active' | 'draft' | 'archived'

export type CsvOption = { name: string; values: string[] }

export type CsvImage = { url: string; position: number; alt: string | null }

export type CsvVariant = {
  /** First line of the record in the file. */
  line: number
  /** One value for each of the product's options, in their order; empty where the file has none. */
  options: string[]
  sku?: string
  barcode?: string
  price?: number
  /** Null: the column is there and blank, a reduction has ended. */
  compare_at_price?: number | null
  cost?: number
  grams?: number
  /** Never negative. */
  quantity?: number
  /** What the tracker column says. */
  tracked?: boolean
  /** What a new variant does where the tracker column says nothing. */
  tracked_if_new: boolean
  oversell_allowed?: boolean
  requires_shipping?: boolean
  taxable?: boolean
  image_url?: string
}

export type CsvProduct = {
  line: number
  /** What it is known by in files: the handle, or the title where there is none; compared without case and spacing. */
  handle: string
  title?: string
  /** As in the file, not sanitised. */
  description_html?: string
  vendor?: string
  type?: string
  category?: string
  /** Empty: the column is there and blank. */
  tags?: string[]
  status?: CsvProductStatus
  gift_card: boolean
  seo_title?: string
  seo_description?: string
  /** Null: the file says nothing of options. Empty: it says there are none. */
  options: CsvOption[] | null
  /** Those, by their index, whose name the file doesn't say. */
  unnamed_options: number[]
  /** How many options of a product the file has columns for. */
  option_columns: number
  /** False: no line says anything only a variant has. `variants` then holds what a new product gets. */
  describes_variants: boolean
  variants: CsvVariant[]
  images: CsvImage[]
}

/** Errors leave their line (or value) out; warnings keep it with a change. */
export const CSV_PROBLEMS = {
  file_empty: 'error',
  header_unknown: 'error',
  too_many_records: 'error',
  unclosed_quote: 'error',
  record_too_long: 'error',
  rest_unreadable: 'error',
  handle_missing: 'error',
  duplicate_variant: 'error',
  too_many_lines: 'error',
  value_refused: 'error',
  encoding_guessed: 'warning',
  bytes_replaced: 'warning',
  characters_replaced: 'warning',
  stray_quote: 'warning',
  too_few_fields: 'warning',
  too_many_fields: 'warning',
  header_repeated: 'warning',
  handle_derived: 'warning',
  conflicting_value: 'warning',
  status_unknown: 'warning',
  not_published: 'warning',
  option_name_missing: 'warning',
  option_value_missing: 'warning',
  option_value_respelled: 'warning',
  variant_fields_ignored: 'warning',
  amount_unreadable: 'error',
  amount_ambiguous: 'warning',
  amount_rounded: 'warning',
  compare_at_too_low: 'warning',
  quantity_unreadable: 'error',
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
  /** From 1, as an editor numbers lines. */
  line: number
  handle: string | null
  severity: 'error' | 'warning'
  code: CsvProblemCode
  message: string
}

export type Report = (line: number, handle: string | null, code: CsvProblemCode, message: string) => void
