import { encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { brandPage, brandPageAfter } from '../../queries/brands.ts'
import { nameCursor } from '../../queries/cursors.ts'
import { rowCount } from '../../queries/sql.ts'
import type { Brand } from '../../shapes/brand.ts'

/** By name. Throws `invalid_cursor`. */
export async function listBrands(ctx: Ctx, query: { limit: number; cursor?: string }): Promise<Page<Brand>> {
  const after = nameCursor('brand', query.cursor)
  const limit = rowCount(query.limit + 1)
  const rows = after
    ? await brandPageAfter(ctx.db, { after: after.name, after_id: after.id, limit })
    : await brandPage(ctx.db, { limit })
  return page(rows, query.limit, (row) => encodeCursor('name', [row.name, row.id]), (row) => row)
}
