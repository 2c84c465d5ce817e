import { madeAt } from '../../../../shared/db/columns.ts'
import { nameDigest, slugsOf } from '../../../../shared/kernel/slug.ts'
import type { Ctx } from '../../needs.ts'
import { brands } from '../../schema.ts'
import type { AdminBrand, NewBrand } from '../../shapes/brand.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { withFirstFreeSlug } from '../../writes/first-free-slug.ts'
import { refuseTaken, showAdminBrand } from './internal.ts'

/** Throws `already_exists` for a name or slug in use. A slug made from the name is never in use. */
export async function adminCreateBrand(ctx: Ctx, input: NewBrand): Promise<AdminBrand> {
  return await ctx.transaction(async (tx) => {
    const id = ctx.newId('brand')
    const row = { ...input, id, name_key: nameDigest(input.name), ...madeAt(ctx.now()) }
    const slug = await withFirstFreeSlug(
      input.slug ? [input.slug] : slugsOf(input.name, null, id),
      'brands_slug',
      (slug) => tx.insert(brands).values({ ...row, slug }),
    ).catch(refuseTaken)
    announceCatalogue(ctx, tx)
    tx.audit('brand.created', id, input)
    return showAdminBrand({ ...row, slug })
  })
}
