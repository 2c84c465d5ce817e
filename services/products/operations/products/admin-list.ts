import { eq, sql } from 'drizzle-orm'
import { encodeCursor, keyset, type Page } from '../../../../shared/http/pagination.ts'
import { searchQuery } from '../../domain/search.ts'
import type { Ctx } from '../../needs.ts'
import { type Pricing, showRange } from '../../documents/show.ts'
import { type Extremes, extremes, offersOf } from '../../queries/price-extremes.ts'
import { adminPlaces, placesOf } from '../../queries/filters.ts'
import { shownPage } from '../../queries/shown-page.ts'
import { fromJson, mainImage, rateOf } from '../../queries/sql.ts'
import { brands, products, vatRates } from '../../schema.ts'
import type { AdminProductCard, AdminProductQuery } from '../../shapes/admin-product.ts'

type Summary = [variants: number, stock: number, reserved: number, ...prices: Extremes]

const summary =
  sql`(SELECT JSON_ARRAY(COUNT(*), COALESCE(SUM(v.stock), 0), COALESCE(SUM(v.reserved), 0), ${extremes})
  FROM variants v WHERE v.product_id = ${products.id})`.mapWith(fromJson<Summary>)

/** UUIDv7: in the order of creation, and the primary key. */
const newest = keyset('created', { id: products.id }, 'desc')

const columns = {
  id: products.id,
  slug: products.slug,
  ref: products.ref,
  name: products.name,
  status: products.status,
  version: products.version,
  created_at: products.created_at,
  updated_at: products.updated_at,
  brand_id: brands.id,
  brand_name: brands.name,
  brand_slug: brands.slug,
  rate: rateOf,
  image: mainImage.mapWith(fromJson<[string, string | null]>),
  summary,
}

/** Every product that isn't deleted, newest first. One statement. Throws `invalid_cursor`. */
export async function adminListProducts(ctx: Ctx, query: AdminProductQuery): Promise<Page<AdminProductCard>> {
  const { status, brand, category, q, limit } = query
  const match = q === undefined ? undefined : searchQuery(q)
  if (match === null) return { data: [], has_more: false, next_cursor: null }
  const rows = await ctx.db.select(columns).from(products)
    .leftJoin(brands, eq(brands.id, products.brand_id))
    .leftJoin(vatRates, eq(vatRates.id, products.vat_rate_id))
    .where(sql.join([
      sql`${products.deleted_at} IS NULL`,
      ...(query.cursor === undefined ? [] : [sql`${newest.after(query.cursor)}`]),
      ...(status ? [eq(products.status, status)] : []),
      ...(brand === undefined ? [] : [adminPlaces.brand]),
      ...(category === undefined ? [] : [adminPlaces.category]),
      ...(match === undefined ? [] : [adminPlaces.match]),
    ], sql` AND `))
    .orderBy(...newest.order).limit(limit + 1)
    .prepare().execute({ ...placesOf({ brand, category }), match })
  const cursorOf = (row: Row) => encodeCursor('created', [row.id])
  return shownPage(ctx.log, rows, limit, cursorOf, (row) => showAdminCard(row, ctx.tenant))
}

type Row =
  & Pick<
    typeof products.$inferSelect,
    'id' | 'slug' | 'ref' | 'name' | 'status' | 'version' | 'created_at' | 'updated_at'
  >
  & { brand_id: `brand_${string}` | null; brand_name: string | null; brand_slug: string | null }
  & { rate: number; image: [string, string | null] | null; summary: Summary }

function showAdminCard(row: Row, pricing: Pricing): AdminProductCard {
  const { id, slug, ref, name, status, version, brand_id } = row
  const [variants, stock, reserved, ...prices] = row.summary
  return {
    id,
    slug,
    ref,
    name,
    status,
    version,
    brand: brand_id === null ? null : { id: brand_id, name: row.brand_name!, slug: row.brand_slug! },
    image_url: row.image?.[0] ?? null,
    price_range: showRange(offersOf(prices, row.rate), pricing),
    variants,
    stock: Number(stock),
    reserved: Number(reserved),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
