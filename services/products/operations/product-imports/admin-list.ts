import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { productImports } from '../../schema.ts'
import type { AdminProductImportCard } from '../../shapes/admin-product-import.ts'
import { cardColumns, showImportCard } from './internal.ts'

const newest = keyset('created', { id: productImports.id }, 'desc')

/** Newest first. Throws `invalid_cursor`. */
export async function adminListProductImports(
  ctx: Ctx,
  query: PageQuery,
): Promise<Page<AdminProductImportCard>> {
  return await newest.list(ctx.db.select(cardColumns).from(productImports), query, showImportCard)
}
