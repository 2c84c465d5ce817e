import { madeAt } from '../../../../shared/db/columns.ts'
import { nameDigest, slugsOf } from '../../../../shared/kernel/slug.ts'
import type { Ctx } from '../../needs.ts'
import { categories } from '../../schema.ts'
import type { AdminCategory, NewCategory } from '../../shapes/category.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { withFirstFreeSlug } from '../../writes/first-free-slug.ts'
import { checkParent, lockTree, refuseTaken, showAdminCategory } from './internal.ts'

/**
 * Throws `already_exists` for a slug in use or a name that one beside it has, `validation_failed` for a parent that
 * isn't there. Categories of one name in different places get slugs that differ.
 */
export async function adminCreateCategory(ctx: Ctx, input: NewCategory): Promise<AdminCategory> {
  const { name, parent_id } = input
  return await ctx.transaction(async (tx) => {
    const id = ctx.newId('cat')
    if (parent_id) checkParent(await lockTree(tx), id, parent_id)
    const row = { ...input, id, name_key: nameDigest(name, parent_id), ...madeAt(ctx.now()) }
    const slug = await withFirstFreeSlug(
      input.slug ? [input.slug] : slugsOf(name, parent_id, id),
      'categories_slug',
      (slug) => tx.insert(categories).values({ ...row, slug }),
    ).catch(refuseTaken)
    announceCatalogue(ctx, tx)
    tx.audit('category.created', id, input)
    return showAdminCategory({ ...row, slug })
  })
}
