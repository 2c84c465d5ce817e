import { Problem } from '../../../shared/errors/problem.ts'
import type { Page } from '../../../shared/http/pagination.ts'
import { nest } from '../domain/category-tree.ts'
import type { Ctx } from '../needs.ts'
import { publicCategories } from '../queries/categories.ts'
import type { CategoryNode } from '../shapes/category.ts'
import type { ProductCard, ProductFilters } from '../shapes/product.ts'
import { listProducts } from './list-products.ts'

export async function categoryTree(ctx: Ctx): Promise<{ data: CategoryNode[] }> {
  return { data: (await readTree(ctx)).roots }
}

/** With what is below it. Throws `not_found` for a category that isn't shown, or hangs in one. */
export async function getCategory(ctx: Ctx, idOrSlug: string): Promise<CategoryNode> {
  const { byId } = await readTree(ctx)
  const found = byId.get(idOrSlug) ?? [...byId.values()].find((node) => node.slug === idOrSlug)
  if (!found) throw new Problem('not_found')
  return found
}

/** One statement; one more to tell an empty category from none. */
export async function listCategoryProducts(
  ctx: Ctx,
  category: string,
  query: ProductFilters,
): Promise<Page<ProductCard>> {
  const products = await listProducts(ctx, { ...query, category })
  if (products.data.length === 0) await getCategory(ctx, category)
  return products
}

const readTree = async (ctx: Ctx) =>
  nest(await publicCategories(ctx.db), (row): CategoryNode => ({ ...row, children: [] }))
