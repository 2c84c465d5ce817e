import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import type { Ctx } from '../needs.ts'
import { brandPage, brandPageAfter, publicBrandBy } from '../queries/brands.ts'
import { keyOf } from '../queries/sql.ts'
import type { Brand } from '../shapes/brand.ts'
import type { ProductCard, ProductFilters } from '../shapes/product.ts'
import { listProducts } from './list-products.ts'

/** By name. Throws `invalid_cursor`. */
export async function listBrands(ctx: Ctx, query: { limit: number; cursor?: string }): Promise<Page<Brand>> {
  const after = decodeCursor('name', 2, query.cursor)
  const limit = String(query.limit + 1)
  const rows = after
    ? await brandPageAfter(ctx.db, { after: after[0], after_id: after[1], limit })
    : await brandPage(ctx.db, { limit })
  return page(rows, query.limit, (row) => encodeCursor('name', [row.name, row.id]), (row) => row)
}

/** Throws `not_found` for a brand that isn't shown. */
export async function getBrand(ctx: Ctx, idOrSlug: string): Promise<Brand> {
  const [brand] = await publicBrandBy[keyOf('brand', idOrSlug)](ctx.db, { key: idOrSlug })
  if (!brand) throw new Problem('not_found')
  return brand
}

/** One statement; one more to tell a brand without products from none. */
export async function listBrandProducts(
  ctx: Ctx,
  brand: string,
  query: ProductFilters,
): Promise<Page<ProductCard>> {
  const products = await listProducts(ctx, { ...query, brand })
  if (products.data.length === 0) await getBrand(ctx, brand)
  return products
}
