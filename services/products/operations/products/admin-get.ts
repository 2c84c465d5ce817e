import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { findAny } from '../../queries/details.ts'
import type { AdminProduct } from '../../shapes/admin-product.ts'
import { type ProductId, showAdminProduct } from './internal.ts'

/** Whatever its status. Throws `not_found`. */
export async function adminGetProduct(ctx: Ctx, id: ProductId): Promise<AdminProduct> {
  const details = await findAny(ctx.db, id)
  if (!details) throw new Problem('not_found')
  return showAdminProduct(details, ctx.tenant)
}
