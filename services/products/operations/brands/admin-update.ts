import { eq } from 'drizzle-orm'
import { nameDigest } from '../../../../shared/kernel/slug.ts'
import { outdate } from '../../documents/outdated.ts'
import type { Ctx } from '../../needs.ts'
import { brands } from '../../schema.ts'
import type { AdminBrand, BrandChanges } from '../../shapes/brand.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { type BrandId, lockBrand, refuseTaken, showAdminBrand } from './internal.ts'

/** A new name reaches its products, and what they are found by, behind the answer where they are many. Throws `not_found`, `already_exists`. */
export async function adminUpdateBrand(ctx: Ctx, id: BrandId, changes: BrandChanges): Promise<AdminBrand> {
  return await ctx.transaction(async (tx) => {
    const before = await lockBrand(tx, id)
    const { name, slug } = { ...before, ...changes }
    const changed = { ...changes, name_key: nameDigest(name), updated_at: ctx.now() }
    await tx.update(brands).set(changed).where(eq(brands.id, id)).catch(refuseTaken)
    if (name !== before.name || slug !== before.slug) await outdate(ctx, tx, id)
    announceCatalogue(ctx, tx)
    tx.audit('brand.updated', id, changes)
    return showAdminBrand({ ...before, ...changed })
  })
}
