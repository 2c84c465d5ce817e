import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import type { CategoryNode } from '../../shapes/category.ts'
import { categoryTree } from './list.ts'

/** With what is below it. Throws `not_found` for a category that isn't shown, or hangs in one. */
export async function getCategory(ctx: Ctx, idOrSlug: string): Promise<CategoryNode> {
  const { byId } = await categoryTree(ctx)
  const found = byId.get(idOrSlug) ?? [...byId.values()].find((node) => node.slug === idOrSlug)
  if (!found) throw new Problem('not_found')
  return found
}
