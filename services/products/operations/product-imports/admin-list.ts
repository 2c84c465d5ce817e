import { desc, lt } from 'drizzle-orm'
import { decodeCursor, encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import type { ImportId } from '../../import/claims.ts'
import type { Ctx } from '../../needs.ts'
import { productImports } from '../../schema.ts'
import type { AdminProductImportCard } from '../../shapes/admin-product-import.ts'
import { cardColumns, showImportCard } from './internal.ts'

/** Newest first. Throws `invalid_cursor`. */
export async function adminListProductImports(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<AdminProductImportCard>> {
  const after = decodeCursor('created', 1, query.cursor) as [ImportId] | undefined
  const rows = await ctx.db.select(cardColumns).from(productImports)
    .where(after && lt(productImports.id, after[0])).orderBy(desc(productImports.id)).limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('created', [row.id]), showImportCard)
}
