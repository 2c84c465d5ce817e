import { found } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { publicBrandBy } from '../../queries/brands.ts'
import { keyOf } from '../../queries/sql.ts'
import type { Brand } from '../../shapes/brand.ts'

/** Throws `not_found` for a brand that isn't shown. */
export async function getBrand(ctx: Ctx, idOrSlug: string): Promise<Brand> {
  return found(await publicBrandBy[keyOf('brand', idOrSlug)](ctx.db, { key: idOrSlug }))
}
