import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { arg, type Executor, prepared } from '../../../shared/db/database.ts'
import {
  brands,
  categories,
  productCategories,
  productImages,
  products,
  variants,
  vatRates,
} from '../schema.ts'
import { groupBy } from '../domain/group.ts'
import { fromJson, hex, idFromHex, instantText, jsonObject, type Members, rateOf } from './sql.ts'

/**
 * Everything of products in one statement: their own rows, then one for each variant, image and category, all as
 * JSON. Sub-selects with JSON_ARRAYAGG would do too, but MariaDB writes a temporary table to disk for each, and cuts
 * it at 1 MB: 1.4 ms against 0.9.
 */
const read = (db: Executor, condition: SQL) =>
  db.select(part('product', hex(products.id), {
    id: hex(products.id),
    slug: products.slug,
    ref: products.ref,
    name: products.name,
    short_description: products.short_description,
    description: products.description,
    status: products.status,
    is_featured: products.is_featured,
    product_type: products.product_type,
    tags: products.tags,
    options: products.options,
    price_min: products.price_min,
    on_sale: products.on_sale,
    meta_title: products.meta_title,
    meta_description: products.meta_description,
    version: products.version,
    created_at: instantText(products.created_at),
    updated_at: instantText(products.updated_at),
    vat_rate_id: hex(products.vat_rate_id),
    brand_id: hex(products.brand_id),
    brand_name: brands.name,
    brand_slug: brands.slug,
    rate: rateOf,
  })).from(products)
    .leftJoin(brands, eq(brands.id, products.brand_id))
    .leftJoin(vatRates, eq(vatRates.id, products.vat_rate_id))
    // Written out, as Drizzle's unionAll() nests each union in the next one, and MariaDB stores each nested one.
    .where(sql.join([condition, ...lists(db, condition)], sql` UNION ALL `))

const lists = (db: Executor, condition: SQL) =>
  [
    db.select(part('variant', hex(variants.product_id), {
      id: hex(variants.id),
      position: variants.position,
      option_values: variants.option_values,
      sku: variants.sku,
      barcode: variants.barcode,
      price: variants.price,
      compare_at_price: variants.compare_at_price,
      cost_price: variants.cost_price,
      stock: variants.stock,
      reserved: variants.reserved,
      tracks_stock: variants.tracks_stock,
      allows_backorder: variants.allows_backorder,
      weight_grams: variants.weight_grams,
      requires_shipping: variants.requires_shipping,
      taxable: variants.taxable,
      image_url: variants.image_url,
    })).from(products).innerJoin(variants, eq(variants.product_id, products.id)).where(condition),
    db.select(part('image', hex(productImages.product_id), {
      id: hex(productImages.id),
      url: productImages.url,
      alt_text: productImages.alt_text,
      position: productImages.position,
    })).from(products).innerJoin(productImages, eq(productImages.product_id, products.id)).where(condition),
    db.select(part('category', hex(productCategories.product_id), {
      id: hex(categories.id),
      name: categories.name,
      slug: categories.slug,
    }))
      .from(products)
      .innerJoin(productCategories, eq(productCategories.product_id, products.id))
      .innerJoin(categories, eq(categories.id, productCategories.category_id))
      .where(condition),
  ].map((query) => sql`${query}`)

const anyById = prepared((db) =>
  read(db, and(eq(products.id, arg(products.id, 'key')), isNull(products.deleted_at))!)
)

/** For staff: drafts and archived products too. */
export async function findAny(db: Executor, id: ProductId): Promise<Details | undefined> {
  return assemble(await anyById(db, { key: id })).get(id)
}

/** The same of many. Deleted ones are left out. */
export async function findMany(db: Executor, ids: ProductId[]): Promise<Map<ProductId, Details>> {
  if (ids.length === 0) return new Map()
  return assemble(await read(db, and(inArray(products.id, ids), isNull(products.deleted_at))!))
}

type Product = typeof products.$inferSelect
type ProductId = Product['id']
type Variant = typeof variants.$inferSelect
type Image = typeof productImages.$inferSelect
type Category = typeof categories.$inferSelect
type Brand = typeof brands.$inferSelect

/** What both the public and the staff's answer are made of. */
export type Details = {
  product:
    & Omit<
      Product,
      'price_max' | 'search_text' | 'import_hash' | 'deleted_at'
    >
    & { brand: Pick<Brand, 'id' | 'name' | 'slug'> | null }
  /** VAT of the product, basis points. */
  rate: number
  variants: VariantDetails[]
  images: Pick<Image, 'id' | 'url' | 'alt_text' | 'position'>[]
  categories: Pick<Category, 'id' | 'name' | 'slug'>[]
}
export type VariantDetails = Omit<Variant, 'product_id' | 'created_at' | 'updated_at'>

// deno-lint-ignore no-explicit-any
type Json = any

function assemble(rows: Part[]): Map<ProductId, Details> {
  const all = [...groupBy(rows, (row) => row.product).values()].map(assembleOne)
  return new Map(all.map((details) => [details.product.id, details]))
}

function assembleOne(rows: Part[]): Details {
  const of = (kind: string): Json[] =>
    rows.filter((row) => row.kind === kind).map((row) => fromJson(row.part))
  const [product] = of('product')
  return {
    product: productOf(product),
    rate: product.rate,
    variants: of('variant').map(variantOf).sort(byPosition),
    images: of('image').map((image) => ({ ...image, id: idFromHex('img', image.id) })).sort(byPosition),
    categories: of('category').map((category) => ({ ...category, id: idFromHex('cat', category.id) }))
      .sort(byName),
  }
}

function productOf({ brand_name, brand_slug, rate: _, ...row }: Json): Details['product'] {
  const brand_id = row.brand_id && idFromHex('brand', row.brand_id)
  return {
    ...row,
    id: idFromHex('prod', row.id),
    brand_id,
    brand: brand_id && { id: brand_id, name: brand_name, slug: brand_slug },
    vat_rate_id: row.vat_rate_id && idFromHex('vat', row.vat_rate_id),
    is_featured: Boolean(row.is_featured),
    on_sale: Boolean(row.on_sale),
    created_at: new Date(row.created_at),
    updated_at: new Date(row.updated_at),
  }
}

const variantOf = (row: Json): VariantDetails => ({
  ...row,
  id: idFromHex('var', row.id),
  tracks_stock: Boolean(row.tracks_stock),
  allows_backorder: Boolean(row.allows_backorder),
  requires_shipping: Boolean(row.requires_shipping),
  taxable: Boolean(row.taxable),
})

const byPosition = (a: { position: number; id: string }, b: { position: number; id: string }) =>
  a.position - b.position || (a.id < b.id ? -1 : 1)

const byName = (a: { name: string; id: string }, b: { name: string; id: string }) =>
  a.name === b.name ? (a.id < b.id ? -1 : 1) : a.name < b.name ? -1 : 1

type Part = { kind: string; product: string; part: unknown }

const part = (kind: string, product: SQL, members: Members) => ({
  kind: sql<string>`${sql.raw(`'${kind}'`)}`.as('kind'),
  product: sql<string>`${product}`.as('product'),
  part: jsonObject(members).as('part'),
})
