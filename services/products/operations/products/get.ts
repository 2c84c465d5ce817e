import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { findPublic } from '../../queries/details.ts'
import type { Product } from '../../shapes/product.ts'
import { showProduct } from './internal.ts'

/** By id or slug. Throws `not_found` for what shoppers don't see: drafts, archived and deleted products. */
export async function getProduct(ctx: Ctx, idOrSlug: string): Promise<Product> {
  const details = await findPublic(ctx.db, idOrSlug)
  if (!details) throw new Problem('not_found')
  return showProduct(details, ctx.tenant)
}
