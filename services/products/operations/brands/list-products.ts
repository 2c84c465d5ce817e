import type { Page } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import type { ProductFilters } from '../../shapes/product.ts'
import { listProducts } from '../products/list.ts'
import { getBrand } from './get.ts'

/** Cards as JSON. One statement; one more to tell a brand without products from none. Throws `not_found`, `invalid_cursor`. */
export async function listBrandProducts(
  ctx: Ctx,
  brand: string,
  query: ProductFilters,
): Promise<Page<string>> {
  const products = await listProducts(ctx, { ...query, brand })
  if (products.data.length === 0) await getBrand(ctx, brand)
  return products
}
