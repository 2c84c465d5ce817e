import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { publicBrandBy } from '../../queries/brands.ts'
import { keyOf } from '../../queries/sql.ts'
import type { Brand } from '../../shapes/brand.ts'

/** Throws `not_found` for a brand that isn't shown. */
export async function getBrand(ctx: Ctx, idOrSlug: string): Promise<Brand> {
  const [brand] = await publicBrandBy[keyOf('brand', idOrSlug)](ctx.db, { key: idOrSlug })
  if (!brand) throw new Problem('not_found')
  return brand
}
