import { Problem } from '../../../shared/errors/problem.ts'
import type { Ctx } from '../needs.ts'
import { findAny, findPublic } from '../queries/details.ts'
import { showProduct, showStaffProduct } from '../queries/show.ts'
import type { Product } from '../shapes/product.ts'
import type { StaffProduct } from '../shapes/staff-product.ts'

/** By id or slug. Throws `not_found` for what shoppers don't see: drafts, archived and deleted products. */
export async function getProduct(ctx: Ctx, idOrSlug: string): Promise<Product> {
  const details = await findPublic(ctx.db, idOrSlug)
  if (!details) throw new Problem('not_found')
  return showProduct(details, ctx.tenant.currency)
}

/** Whatever its status. Throws `not_found`. */
export async function getStaffProduct(ctx: Ctx, id: `prod_${string}`): Promise<StaffProduct> {
  const details = await findAny(ctx.db, id)
  if (!details) throw new Problem('not_found')
  return showStaffProduct(details, ctx.tenant.currency)
}
