import type { Page, PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { byName } from '../../queries/brands.ts'
import { brands } from '../../schema.ts'
import type { AdminBrand } from '../../shapes/brand.ts'
import { showAdminBrand } from './internal.ts'

/** Hidden ones too, by name. Throws `invalid_cursor`. */
export async function adminListBrands(ctx: Ctx, query: PageQuery): Promise<Page<AdminBrand>> {
  return await byName.list(ctx.db.select().from(brands), query, showAdminBrand)
}
