import { Problem } from '../../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import { likePattern, searchQuery } from '../../domain/search.ts'
import { normal, visible } from '../../../../shared/kernel/text.ts'
import type { Ctx } from '../../needs.ts'
import { searchCards } from '../../queries/search.ts'
import { rowCount } from '../../queries/sql.ts'
import type { SearchQuery } from '../../shapes/product.ts'

/** Beyond these nobody reads, and each page would rank them all again. */
const MAX_RESULTS = 1_000

/** Cards as JSON, best first. One statement. Relevance has no key to go on from, so a cursor holds a count here. Throws `invalid_cursor`. */
export async function searchProducts(
  ctx: Ctx,
  { q, limit, cursor }: SearchQuery,
): Promise<Page<string>> {
  const match = searchQuery(q)
  if (match === null) return { data: [], has_more: false, next_cursor: null }
  const offset = decodeCursor('relevance', 1, cursor)?.[0] ?? 0
  if (typeof offset !== 'number' || !Number.isInteger(offset) || offset < 0 || offset > MAX_RESULTS) {
    throw new Problem('invalid_cursor')
  }
  const typed = normal(visible(q))
  const rows = await searchCards(ctx.db, {
    match,
    typed,
    begins: `${likePattern(typed)}%`,
    holds: `%${likePattern(typed)}%`,
    limit: rowCount(limit + 1),
    offset: rowCount(offset),
  })
  const found = page(rows, limit, () => encodeCursor('relevance', [offset + limit]), ({ card }) => card)
  return offset + limit < MAX_RESULTS ? found : { ...found, has_more: false, next_cursor: null }
}
