import type { Page, PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { byName, isShown, publicColumns } from '../../queries/brands.ts'
import { brands } from '../../schema.ts'
import type { Brand } from '../../shapes/brand.ts'

/** By name. Throws `invalid_cursor`. */
export async function listBrands(ctx: Ctx, query: PageQuery): Promise<Page<Brand>> {
  return await byName.list(ctx.db.select(publicColumns).from(brands), query, (row) => row, isShown)
}
