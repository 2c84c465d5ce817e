import { eq } from 'drizzle-orm'
import { nameDigest } from '../../../../shared/kernel/slug.ts'
import { searchOutdated } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { brands } from '../../schema.ts'
import type { AdminBrand, BrandChanges } from '../../shapes/brand.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { type BrandId, lockBrand, refuseTaken, showAdminBrand } from './internal.ts'

/** A new name reaches the search words of its products behind the answer. Throws `not_found`, `already_exists`. */
export async function adminUpdateBrand(ctx: Ctx, id: BrandId, changes: BrandChanges): Promise<AdminBrand> {
  return await ctx.transaction(async (tx) => {
    const before = await lockBrand(tx, id)
    const { name } = { ...before, ...changes }
    const changed = { ...changes, name_key: nameDigest(name), updated_at: ctx.now() }
    await tx.update(brands).set(changed).where(eq(brands.id, id)).catch(refuseTaken)
    if (name !== before.name) tx.emit(searchOutdated, { brand_id: id, after: null })
    announceCatalogue(ctx, tx)
    tx.audit('brand.updated', id, changes)
    return showAdminBrand({ ...before, ...changed })
  })
}
