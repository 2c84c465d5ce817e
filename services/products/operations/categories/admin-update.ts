import { eq } from 'drizzle-orm'
import { nameDigest } from '../../../../shared/kernel/slug.ts'
import { outdate } from '../../documents/outdated.ts'
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
    const { name, slug, parent_id } = { ...before, ...changes }
    const changed = { ...changes, name_key: nameDigest(name, parent_id), updated_at: ctx.now() }
    await tx.update(categories).set(changed).where(eq(categories.id, id)).catch(refuseTaken)
    if (name !== before.name || slug !== before.slug) await outdate(ctx, tx, id)
    announceCatalogue(ctx, tx)
    tx.audit('category.updated', id, changes)
    return showAdminCategory({ ...before, ...changed })
  })
}
