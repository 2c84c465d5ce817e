/**
 * Column names of Shopify's product file: those of its exports, then those of the template of 2024 and later, then
 * names found in older exports and in other tools. Compared without case, spaces and punctuation.
 */
const HEADERS = {
  handle: ['Handle', 'URL handle', 'Product handle'],
  title: ['Title', 'Product title'],
  description: ['Body (HTML)', 'Description', 'Body HTML', 'Body'],
  vendor: ['Vendor', 'Product vendor'],
  type: ['Type', 'Product type', 'Custom product type'],
  category: ['Product category', 'Standardized product type', 'Standard product type'],
  tags: ['Tags', 'Product tags'],
  published: ['Published', 'Published on online store', 'Published status'],
  status: ['Status', 'Product status'],
  option1_name: ['Option1 name'],
  option1_value: ['Option1 value'],
  option2_name: ['Option2 name'],
  option2_value: ['Option2 value'],
  option3_name: ['Option3 name'],
  option3_value: ['Option3 value'],
  sku: ['Variant SKU', 'SKU'],
  barcode: ['Variant barcode', 'Barcode'],
  price: ['Variant price', 'Price'],
  compare_at_price: ['Variant compare at price', 'Compare-at price'],
  cost: ['Cost per item', 'Variant cost'],
  grams: ['Variant grams', 'Weight value (grams)', 'Grams', 'Weight (grams)'],
  weight: ['Variant weight', 'Weight', 'Weight value'],
  weight_unit: ['Variant weight unit', 'Weight unit for display', 'Weight unit'],
  tracker: ['Variant inventory tracker', 'Inventory tracker'],
  quantity: ['Variant inventory qty', 'Inventory quantity', 'Variant inventory quantity', 'Inventory qty'],
  policy: ['Variant inventory policy', 'Continue selling when out of stock', 'Inventory policy'],
  requires_shipping: ['Variant requires shipping', 'Requires shipping'],
  taxable: ['Variant taxable', 'Charge tax', 'Taxable', 'Charge taxes'],
  image_url: ['Image src', 'Product image URL', 'Image URL', 'Image source'],
  image_position: ['Image position'],
  image_alt: ['Image alt text'],
  variant_image: ['Variant image', 'Variant image URL'],
  gift_card: ['Gift card'],
  seo_title: ['SEO title'],
  seo_description: ['SEO description'],
} as const

export type Field = keyof typeof HEADERS

/** Each field's columns in the file's order: an old and a new name may both be there. */
export type Columns = Partial<Record<Field, number[]>>

const plain = (header: string) => header.toLowerCase().replace(/[^a-z0-9]/g, '')

const FIELD_BY_HEADER = new Map<string, Field>(
  Object.entries(HEADERS).flatMap(([field, names]) => names.map((name) => [plain(name), field as Field])),
)

export const fieldOf = (header: string): Field | undefined => FIELD_BY_HEADER.get(plain(header))

/** More columns of one field are passed over: each is looked at for each line. */
const MAX_SAME = 20

export function columnsOf(header: string[]): Columns {
  const columns: Columns = {}
  header.forEach((name, index) => {
    const field = fieldOf(name)
    if (!field) return
    const same = columns[field] ??= []
    if (same.length < MAX_SAME) same.push(index)
  })
  return columns
}

/** Text of a field as written: of several columns the first that is not blank. */
export function rawCell(columns: Columns, cells: string[], field: Field): string {
  const filled = columns[field]?.find((index) => cells[index]?.trim())
  return filled === undefined ? '' : cells[filled] ?? ''
}
