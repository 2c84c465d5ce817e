import { nest } from '../../domain/category-tree.ts'
import type { Ctx } from '../../needs.ts'
import { publicCategories } from '../../queries/categories.ts'
import type { CategoryNode } from '../../shapes/category.ts'

/** All that are shown, as a tree. One statement. */
export async function listCategories(ctx: Ctx): Promise<{ data: CategoryNode[] }> {
  return { data: (await categoryTree(ctx)).roots }
}

export const categoryTree = async (ctx: Ctx) =>
  nest(await publicCategories(ctx.db), (row): CategoryNode => ({ ...row, children: [] }))
