import type { Page } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import type { ProductFilters } from '../../shapes/product.ts'
import { listProducts } from '../products/list.ts'
import { getCategory } from './get.ts'

/** Cards as JSON. One statement; one more to tell an empty category from none. Throws `not_found`, `invalid_cursor`. */
export async function listCategoryProducts(
  ctx: Ctx,
  category: string,
  query: ProductFilters,
): Promise<Page<string>> {
  const products = await listProducts(ctx, { ...query, category })
  if (products.data.length === 0) await getCategory(ctx, category)
  return products
}
