import { eq, getTableColumns, sql, type SQL } from 'drizzle-orm'
import { arg, type Executor, prepared } from '../../../shared/db/database.ts'
import { brands, products, productImages, variants, vatRates } from '../schema.ts'
import { fromJson, idFromHex, isPublic, keyOf, rateOf } from './sql.ts'

/** Everything of one product, as both the public and the staff's answer are made of. */
export type Details = NonNullable<Awaited<ReturnType<typeof findPublic>>>
export type VariantDetails = Details['variants'][number]

type VariantJson = [
  hex: string, position: number, option_values: string[], sku: string | null, barcode: string | null, price: number | null,
  compare_at_price: number | null, cost_price: number | null, stock: number, reserved: number, tracks_stock: number,
  allows_backorder: number, weight_grams: number | null, requires_shipping: number, taxable: number, image_url: string | null,
]
type ImageJson = [hex: string, url: string, alt_text: string | null, position: number]
type CategoryJson = [hex: string, name: string, slug: string]

// Neither is ever shown, and the search words of a long description are long.
const { search_text: _, import_hash: __, ...shown } = getTableColumns(products)

const columns = {
  product: shown,
  brand_id: brands.id,
  brand_name: brands.name,
  brand_slug: brands.slug,
  rate: rateOf,
  variants: sql`(SELECT JSON_ARRAYAGG(JSON_ARRAY(HEX(v.id), v.position, v.option_values, v.sku, v.barcode, v.price,
      v.compare_at_price, v.cost_price, v.stock, v.reserved, v.tracks_stock, v.allows_backorder, v.weight_grams,
      v.requires_shipping, v.taxable, v.image_url))
    FROM variants v WHERE v.product_id = ${products.id})`.mapWith(readVariants),
  images: sql`(SELECT JSON_ARRAYAGG(JSON_ARRAY(HEX(i.id), i.url, i.alt_text, i.position))
    FROM product_images i WHERE i.product_id = ${products.id})`.mapWith(readImages),
  categories: sql`(SELECT JSON_ARRAYAGG(JSON_ARRAY(HEX(c.id), c.name, c.slug)) FROM product_categories pc
    JOIN categories c ON c.id = pc.category_id WHERE pc.product_id = ${products.id})`.mapWith(readCategories),
}

const read = (db: Executor, condition: SQL) =>
  db.select(columns).from(products)
    .leftJoin(brands, eq(brands.id, products.brand_id))
    .leftJoin(vatRates, eq(vatRates.id, products.vat_rate_id))
    .where(condition)

const publicBy = {
  id: prepared((db) => read(db, sql`${products.id} = ${arg(products.id, 'key')} AND ${isPublic}`)),
  slug: prepared((db) => read(db, sql`${products.slug} = ${arg(products.slug, 'key')} AND ${isPublic}`)),
}
const anyById = prepared((db) => read(db, sql`${products.id} = ${arg(products.id, 'id')} AND ${products.deleted_at} IS NULL`))

/** One statement. Undefined for what shoppers don't see. */
export async function findPublic(db: Executor, idOrSlug: string) {
  const [row] = await publicBy[keyOf('prod', idOrSlug)](db, { key: idOrSlug })
  return row && complete(db, row)
}

/** The same for staff: drafts and archived products too. */
export async function findAny(db: Executor, id: `prod_${string}`) {
  const [row] = await anyById(db, { id })
  return row && complete(db, row)
}

type Row = Awaited<ReturnType<typeof anyById>>[number]

/**
 * MariaDB cuts an aggregate at group_concat_max_len, 1 MB by default: beyond some 2,000 variants. Such a product
 * costs two statements more.
 */
async function complete(db: Executor, row: Row) {
  const found = row.variants && row.images ? {} : {
    variants: (await db.select().from(variants).where(eq(variants.product_id, row.product.id))).sort(byPosition),
    images: (await db.select().from(productImages).where(eq(productImages.product_id, row.product.id))).sort(byPosition),
  }
  return { ...row, ...found } as Omit<Row, 'variants' | 'images'> & {
    variants: NonNullable<Row['variants']>
    images: NonNullable<Row['images']>
  }
}

const byPosition = (a: { position: number; id: string }, b: { position: number; id: string }) =>
  a.position - b.position || (a.id < b.id ? -1 : 1)

/** Undefined for JSON that was cut. */
function rowsOf<T>(value: unknown): T[] | undefined {
  try {
    return fromJson<T[] | null>(value) ?? []
  } catch {
    return undefined
  }
}

function readVariants(value: unknown) {
  return rowsOf<VariantJson>(value)?.map((v) => ({
    id: idFromHex('var', v[0]),
    position: v[1],
    option_values: v[2],
    sku: v[3],
    barcode: v[4],
    price: v[5],
    compare_at_price: v[6],
    cost_price: v[7],
    stock: v[8],
    reserved: v[9],
    tracks_stock: Boolean(v[10]),
    allows_backorder: Boolean(v[11]),
    weight_grams: v[12],
    requires_shipping: Boolean(v[13]),
    taxable: Boolean(v[14]),
    image_url: v[15],
  })).sort(byPosition)
}

function readImages(value: unknown) {
  return rowsOf<ImageJson>(value)
    ?.map((i) => ({ id: idFromHex('img', i[0]), url: i[1], alt_text: i[2], position: i[3] })).sort(byPosition)
}

function readCategories(value: unknown) {
  return (rowsOf<CategoryJson>(value) ?? []).map(([hex, name, slug]) => ({ id: idFromHex('cat', hex), name, slug }))
    .sort((a, b) => a.name < b.name ? -1 : 1)
}
