import type { Ctx } from '../../needs.ts'
import type { AdminCategory } from '../../shapes/category.ts'
import { type CategoryId, fetchCategory, showAdminCategory } from './internal.ts'

/** Shown or hidden. Throws `not_found`. */
export async function adminGetCategory(ctx: Ctx, id: CategoryId): Promise<AdminCategory> {
  return showAdminCategory(await fetchCategory(ctx.db, id))
}
