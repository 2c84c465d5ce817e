import { asc, gt } from 'drizzle-orm'
import { encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { idCursor } from '../../queries/cursors.ts'
import { categories } from '../../schema.ts'
import type { AdminCategory } from '../../shapes/category.ts'
import { showAdminCategory } from './internal.ts'

/** Hidden ones too, as a flat list in the order of creation. Throws `invalid_cursor`. */
export async function adminListCategories(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<AdminCategory>> {
  const after = idCursor('cat', query.cursor)
  const rows = await ctx.db.select().from(categories)
    .where(after && gt(categories.id, after)).orderBy(asc(categories.id)).limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('created', [row.id]), showAdminCategory)
}
