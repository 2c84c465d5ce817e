import { sql } from 'drizzle-orm'
import {
  boolean,
  char,
  check,
  customType,
  index,
  int,
  json,
  mediumtext,
  mysqlTable,
  primaryKey,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { amount, digest, exactText, id, instant, times } from '../../shared/db/columns.ts'
import { kernelTables } from '../../shared/db/tables.ts'

export const vatRates = mysqlTable('vat_rates', {
  id: id('id', 'vat').primaryKey(),
  name: varchar('name', { length: 255 }).notNull(),
  /** Basis points: 2,000 is 20 %. */
  rate: int('rate').notNull(),
  country_code: char('country_code', { length: 2 }),
  /** True for one rate, null for the others: a unique index allows many nulls. */
  is_default: boolean('is_default'),
  ...times,
}, (t) => [uniqueIndex('vat_rates_name').on(t.name), uniqueIndex('vat_rates_default').on(t.is_default)])

export const brands = mysqlTable('brands', {
  id: id('id', 'brand').primaryKey(),
  name: varchar('name', { length: 255 }).notNull(),
  /** `nameDigest` of the name: no two brands have the same one. */
  name_key: digest('name_key').notNull(),
  slug: exactText('slug', 255).notNull(),
  description: text('description'),
  logo_url: varchar('logo_url', { length: 2048 }),
  website: varchar('website', { length: 255 }),
  is_active: boolean('is_active').notNull().default(true),
  ...times,
}, (t) => [
  uniqueIndex('brands_slug').on(t.slug),
  uniqueIndex('brands_name_key').on(t.name_key),
  index('brands_name').on(t.name),
])

export const categories = mysqlTable('categories', {
  id: id('id', 'cat').primaryKey(),
  parent_id: id('parent_id', 'cat'),
  name: varchar('name', { length: 255 }).notNull(),
  /** `nameDigest` of the name under its parent: no two categories beside each other have the same one. */
  name_key: digest('name_key').notNull(),
  slug: exactText('slug', 255).notNull(),
  description: text('description'),
  image_url: varchar('image_url', { length: 2048 }),
  position: int('position').notNull().default(0),
  is_active: boolean('is_active').notNull().default(true),
  ...times,
}, (t) => [
  uniqueIndex('categories_slug').on(t.slug),
  uniqueIndex('categories_name_key').on(t.name_key),
  index('categories_parent').on(t.parent_id, t.position),
])

export type ProductOption = { name: string; values: string[] }

export const products = mysqlTable('products', {
  id: id('id', 'prod').primaryKey(),
  slug: exactText('slug', 255).notNull(),
  /** The commercial reference. */
  ref: exactText('ref', 255).notNull(),
  name: varchar('name', { length: 255 }).notNull(),
  short_description: text('short_description'),
  /** Sanitised HTML. */
  description: mediumtext('description'),
  status: varchar('status', { length: 10 }).$type<'active' | 'draft' | 'archived'>().notNull(),
  is_featured: boolean('is_featured').notNull().default(false),
  brand_id: id('brand_id', 'brand').references(() => brands.id, { onDelete: 'set null' }),
  vat_rate_id: id('vat_rate_id', 'vat').references(() => vatRates.id, { onDelete: 'set null' }),
  product_type: varchar('product_type', { length: 255 }),
  tags: json('tags').$type<string[]>().notNull(),
  options: json('options').$type<ProductOption[]>().notNull(),
  /** Lowest and highest price of its variants; null when none can be bought. Kept by every change of a variant. */
  price_min: amount('price_min'),
  price_max: amount('price_max'),
  on_sale: boolean('on_sale').notNull().default(false),
  meta_title: varchar('meta_title', { length: 255 }),
  meta_description: text('meta_description'),
  /** The words it is found by, as `domain/search.ts` writes them. The full-text index reads this and nothing else. */
  search_text: text('search_text').notNull(),
  /** SHA-256 of the imported record it was made from: the same record again changes nothing. */
  import_hash: digest('import_hash'),
  /** The version that import made: a product of another one has been changed since. */
  import_version: int('import_version'),
  /** The handle that files know it by, of which its slug was made. */
  import_handle: exactText('import_handle', 255),
  version: int('version').notNull().default(1),
  deleted_at: instant('deleted_at'),
  ...times,
}, (t) => [
  uniqueIndex('products_slug').on(t.slug),
  uniqueIndex('products_ref').on(t.ref),
  uniqueIndex('products_import_handle').on(t.import_handle),
  index('products_brand').on(t.brand_id, t.status),
])

export const variants = mysqlTable('variants', {
  id: id('id', 'var').primaryKey(),
  product_id: id('product_id', 'prod').notNull().references(() => products.id, { onDelete: 'cascade' }),
  position: int('position').notNull(),
  /** One value for each option of the product, in their order; empty for a product without options. */
  option_values: json('option_values').$type<string[]>().notNull(),
  sku: exactText('sku', 255),
  barcode: exactText('barcode', 64),
  /** As entered, minor units, with VAT or without as the shop prices; null: not for sale yet. */
  price: amount('price'),
  compare_at_price: amount('compare_at_price'),
  cost_price: amount('cost_price'),
  stock: int('stock').notNull().default(0),
  /** Part of `stock` that pending orders hold. */
  reserved: int('reserved').notNull().default(0),
  tracks_stock: boolean('tracks_stock').notNull().default(true),
  allows_backorder: boolean('allows_backorder').notNull().default(false),
  weight_grams: int('weight_grams'),
  requires_shipping: boolean('requires_shipping').notNull().default(true),
  taxable: boolean('taxable').notNull().default(true),
  image_url: varchar('image_url', { length: 2048 }),
  ...times,
}, (t) => [
  index('variants_product').on(t.product_id, t.position),
  index('variants_sku').on(t.sku),
  index('variants_barcode').on(t.barcode),
  check('variants_stock_not_negative', sql`${t.stock} >= 0`),
  check('variants_reserved_not_negative', sql`${t.reserved} >= 0`),
])

export const productImages = mysqlTable('product_images', {
  id: id('id', 'img').primaryKey(),
  product_id: id('product_id', 'prod').notNull().references(() => products.id, { onDelete: 'cascade' }),
  url: varchar('url', { length: 2048 }).notNull(),
  alt_text: varchar('alt_text', { length: 512 }),
  position: int('position').notNull(),
  ...times,
}, (t) => [index('product_images_product').on(t.product_id, t.position)])

export const productCategories = mysqlTable(
  'product_categories',
  {
    product_id: id('product_id', 'prod').notNull().references(() => products.id, { onDelete: 'cascade' }),
    category_id: id('category_id', 'cat').notNull().references(() => categories.id, { onDelete: 'cascade' }),
  },
  (
    t,
  ) => [
    primaryKey({ columns: [t.product_id, t.category_id] }),
    index('product_categories_category').on(t.category_id),
  ],
)

/**
 * A product as shoppers see it, ready to be sent: one row for each that they do see, none for a draft, an archived or a
 * deleted one. Written with every change of what it shows, by `writes/refresh-products.ts` alone. Lists are read from
 * here, so it also holds what they are ordered and narrowed by. How many are left is not in it: that changes with each
 * sale, and no copy of a page would be right for long.
 */
export const productDocuments = mysqlTable('product_documents', {
  product_id: id('product_id', 'prod').primaryKey(),
  slug: exactText('slug', 255).notNull(),
  name: varchar('name', { length: 255 }).notNull(),
  brand_id: id('brand_id', 'brand'),
  /** Lowest and highest of its variants, as entered. */
  price_min: amount('price_min'),
  price_max: amount('price_max'),
  on_sale: boolean('on_sale').notNull(),
  is_featured: boolean('is_featured').notNull(),
  in_stock: boolean('in_stock').notNull(),
  tags: json('tags').$type<string[]>().notNull(),
  created_at: instant('created_at').notNull(),
  /** JSON, the answer of a list for this product. */
  card: text('card').notNull(),
  /** JSON, the whole answer for this product, and its hash. */
  detail: mediumtext('detail').notNull(),
  etag: char('etag', { length: 22 }).notNull(),
}, (t) => [
  uniqueIndex('product_documents_slug').on(t.slug),
  index('product_documents_newest').on(t.created_at, t.product_id),
  index('product_documents_name').on(t.name, t.product_id),
  index('product_documents_price').on(t.price_min, t.product_id),
  index('product_documents_brand').on(t.brand_id, t.created_at, t.product_id),
])

/** Something that many products show was changed: their documents are written again, batch by batch. */
export const outdatedDocuments = mysqlTable('outdated_documents', {
  /** The id of a brand, a category or a VAT rate; `default_rate`: products that have no rate of their own. */
  cause: exactText('cause', 40).primaryKey(),
  /** The last product that is done. */
  after: id('after', 'prod'),
  due_at: instant('due_at').notNull(),
}, (t) => [index('outdated_documents_due').on(t.due_at)])

/** `counted`: taken from the limits. Not so for a variant sold without limit, or on backorder beyond its stock. */
export type ReservedLine = { variant_id: `var_${string}`; quantity: number; counted: boolean }

/**
 * What an order holds or has taken of the stock. A row stays after its end, so that what comes late finds it:
 * `released` for an order that was cancelled, `expired` for one that was never heard of again.
 */
export const reservations = mysqlTable('reservations', {
  order_id: id('order_id', 'ord').primaryKey(),
  status: varchar('status', { length: 10 }).$type<'held' | 'committed' | 'released' | 'expired'>().notNull(),
  lines: json('lines').$type<ReservedLine[]>().notNull(),
  expires_at: instant('expires_at').notNull(),
  ...times,
}, (t) => [index('reservations_expiry').on(t.status, t.expires_at)])

export type ImportProblem = {
  line: number
  handle: string | null
  severity: 'error' | 'warning'
  code: string
  message: string
}

export const productImports = mysqlTable('product_imports', {
  id: id('id', 'imp').primaryKey(),
  status: varchar('status', { length: 10 })
    .$type<'uploading' | 'pending' | 'reading' | 'storing' | 'done' | 'failed'>().notNull(),
  /** What is done with the stock of variants that are there already. */
  stock: varchar('stock', { length: 4 }).$type<'keep' | 'set'>().notNull(),
  /** The encoding that the sender named. */
  charset: varchar('charset', { length: 40 }),
  /** Of the file. */
  bytes: int('bytes').notNull().default(0),
  /** Products of the file, and how many of them are behind: written with the products, so that none is done twice. */
  total: int('total').notNull().default(0),
  processed: int('processed').notNull().default(0),
  created: int('created').notNull().default(0),
  updated: int('updated').notNull().default(0),
  unchanged: int('unchanged').notNull().default(0),
  failed: int('failed').notNull().default(0),
  variants: int('variants').notNull().default(0),
  /** The first of them, errors before warnings; `problem_count` counts them all. */
  problems: json('problems').$type<ImportProblem[]>().notNull(),
  problem_count: int('problem_count').notNull().default(0),
  /** Counts who has worked on it: whoever isn't the last one may not write any more. */
  claim: int('claim').notNull().default(0),
  /** How many of them in a row have got no further. */
  attempts: int('attempts').notNull().default(0),
  /** Until then the process that works on it is believed to be alive. */
  lease_until: instant('lease_until').notNull(),
  created_by: id('created_by', 'user'),
  finished_at: instant('finished_at'),
  ...times,
}, (t) => [index('product_imports_open').on(t.status, t.lease_until)])

const mediumblob = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'mediumblob',
  toDriver: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
})

/** The file of an import until it has been read, in parts. */
export const importFiles = mysqlTable('import_files', {
  import_id: id('import_id', 'imp').notNull().references(() => productImports.id, { onDelete: 'cascade' }),
  position: int('position').notNull(),
  bytes: mediumblob('bytes').notNull(),
}, (t) => [primaryKey({ columns: [t.import_id, t.position] })])

/** What was read of it until that is stored: `count` products as JSON, `first` being the place of the first in the file. */
export const importBatches = mysqlTable('import_batches', {
  import_id: id('import_id', 'imp').notNull().references(() => productImports.id, { onDelete: 'cascade' }),
  first: int('first').notNull(),
  count: int('count').notNull(),
  records: mediumblob('records').notNull(),
}, (t) => [primaryKey({ columns: [t.import_id, t.first] })])

export const tables = {
  vatRates,
  brands,
  categories,
  products,
  variants,
  productImages,
  productCategories,
  productDocuments,
  outdatedDocuments,
  reservations,
  productImports,
  importFiles,
  importBatches,
  ...kernelTables,
}
