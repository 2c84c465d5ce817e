import { desc, eq, sql } from 'drizzle-orm'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import { searchQuery } from '../domain/search.ts'
import type { Ctx } from '../needs.ts'
import { showBrand } from '../queries/cards.ts'
import { type Filter, filters } from '../queries/filters.ts'
import { fromJson, keyOf, mainImage } from '../queries/sql.ts'
import { brands, products } from '../schema.ts'
import type { StaffProductCard, StaffProductQuery } from '../shapes/staff-product.ts'

const summary =
  sql`(SELECT JSON_ARRAY(COUNT(*), COALESCE(SUM(v.stock), 0), COALESCE(SUM(v.reserved), 0)) FROM variants v
  WHERE v.product_id = ${products.id})`.mapWith(fromJson<[number, number, number]>)

/** Every product that isn't deleted, newest first. One statement. Throws `invalid_cursor`. */
export async function listStaffProducts(ctx: Ctx, query: StaffProductQuery): Promise<Page<StaffProductCard>> {
  const after = decodeCursor('created', 1, query.cursor)
  const values = filterValues(query)
  if (values.match === null) return { data: [], has_more: false, next_cursor: null }
  const rows = await ctx.db.select({
    product: products,
    brand_id: brands.id,
    brand_name: brands.name,
    brand_slug: brands.slug,
    image: mainImage.mapWith(fromJson<[string, string | null]>),
    summary,
  }).from(products)
    .leftJoin(brands, eq(brands.id, products.brand_id))
    .where(sql.join([
      sql`${products.deleted_at} IS NULL`,
      ...(after ? [sql`${products.id} < ${sql.param(after[0], products.id)}`] : []),
      ...(Object.keys(values) as Filter[]).map((name) => filters[name]),
    ], sql` AND `))
    // UUIDv7: in the order of creation, and the primary key.
    .orderBy(desc(products.id)).limit(query.limit + 1)
    .prepare().execute(values)
  return page(rows, query.limit, (row) => encodeCursor('created', [row.product.id]), show)
}

function filterValues({ status, brand, category, q }: StaffProductQuery): Partial<Record<Filter, unknown>> {
  return {
    ...(status && { status }),
    ...(brand !== undefined && { [`brand_${keyOf('brand', brand)}`]: brand }),
    ...(category !== undefined && { [`any_category_${keyOf('cat', category)}`]: category }),
    ...(q !== undefined && { match: searchQuery(q) }),
  }
}

type Row = Parameters<typeof showBrand>[0] & {
  product: typeof products.$inferSelect
  image: [string, string | null] | null
  summary: [number, number, number]
}

function show({ product, image, summary: [variants, stock, reserved], ...brand }: Row): StaffProductCard {
  const { id, slug, ref, name, status, price_min, price_max, version } = product
  return {
    id,
    slug,
    ref,
    name,
    status,
    price_min,
    price_max,
    version,
    brand: showBrand(brand),
    image_url: image?.[0] ?? null,
    variants,
    stock: Number(stock),
    reserved: Number(reserved),
    created_at: product.created_at.toISOString(),
    updated_at: product.updated_at.toISOString(),
  }
}
