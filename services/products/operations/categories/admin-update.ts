import { eq } from 'drizzle-orm'
import { nameDigest } from '../../../../shared/kernel/slug.ts'
import type { Ctx } from '../../needs.ts'
import { categories } from '../../schema.ts'
import type { AdminCategory, CategoryChanges } from '../../shapes/category.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import {
  type CategoryId,
  checkParent,
  fetchCategory,
  lockTree,
  refuseTaken,
  showAdminCategory,
} from './internal.ts'

/** Throws `validation_failed` for a parent below it, `not_found`, `already_exists`. */
export async function adminUpdateCategory(
  ctx: Ctx,
  id: CategoryId,
  changes: CategoryChanges,
): Promise<AdminCategory> {
  return await ctx.transaction(async (tx) => {
    const tree = await lockTree(tx)
    const before = await fetchCategory(tx, id)
    if (changes.parent_id) checkParent(tree, id, changes.parent_id)
    const after = { ...before, ...changes, updated_at: ctx.now() }
    const name_key = nameDigest(after.name, after.parent_id)
    await tx.update(categories).set({ ...after, name_key }).where(eq(categories.id, id)).catch(refuseTaken)
    announceCatalogue(ctx, tx)
    tx.audit('category.updated', id, changes)
    return showAdminCategory(after)
  })
}
