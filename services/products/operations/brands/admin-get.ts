import type { Ctx } from '../../needs.ts'
import type { AdminBrand } from '../../shapes/brand.ts'
import { type BrandId, fetchBrand, showAdminBrand } from './internal.ts'

/** Shown or hidden. Throws `not_found`. */
export async function adminGetBrand(ctx: Ctx, id: BrandId): Promise<AdminBrand> {
  return showAdminBrand(await fetchBrand(ctx.db, id))
}
