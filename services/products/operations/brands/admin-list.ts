import { and, asc, eq, gt, or } from 'drizzle-orm'
import { encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { nameCursor } from '../../queries/cursors.ts'
import { brands } from '../../schema.ts'
import type { AdminBrand } from '../../shapes/brand.ts'
import { showAdminBrand } from './internal.ts'

/** Hidden ones too, by name. Throws `invalid_cursor`. */
export async function adminListBrands(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<AdminBrand>> {
  const after = nameCursor('brand', query.cursor)
  const rows = await ctx.db.select().from(brands)
    .where(
      after && or(gt(brands.name, after.name), and(eq(brands.name, after.name), gt(brands.id, after.id))),
    )
    .orderBy(asc(brands.name), asc(brands.id)).limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('name', [row.name, row.id]), showAdminBrand)
}
