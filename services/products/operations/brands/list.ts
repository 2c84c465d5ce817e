import { and } from 'drizzle-orm'
import type { Page, PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { byName, isShown, publicColumns } from '../../queries/brands.ts'
import { brands } from '../../schema.ts'
import type { Brand } from '../../shapes/brand.ts'

/** By name. Throws `invalid_cursor`. */
export async function listBrands(ctx: Ctx, query: PageQuery): Promise<Page<Brand>> {
  const rows = await ctx.db.select(publicColumns).from(brands)
    .where(and(isShown, byName.after(query.cursor))).orderBy(...byName.order).limit(query.limit + 1)
  return byName.page(rows, query.limit, (row) => row)
}
