import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import { likePattern, searchQuery } from '../domain/search.ts'
import type { Ctx } from '../needs.ts'
import { showCard } from '../queries/cards.ts'
import { searchCards } from '../queries/search.ts'
import type { ProductCard, SearchQuery } from '../shapes/product.ts'

/** Beyond these nobody reads, and each page would rank them all again. */
const MAX_RESULTS = 1_000

/** Best first. One statement. Relevance has no key to go on from, so a cursor holds a count here. Throws `invalid_cursor`. */
export async function searchProducts(
  ctx: Ctx,
  { q, limit, cursor }: SearchQuery,
): Promise<Page<ProductCard>> {
  const match = searchQuery(q)
  if (match === null) return { data: [], has_more: false, next_cursor: null }
  const offset = Number(decodeCursor('relevance', 1, cursor)?.[0] ?? 0)
  if (!Number.isInteger(offset) || offset < 0 || offset > MAX_RESULTS) throw new Problem('invalid_cursor')
  const holds = likePattern(q)
  const rows = await searchCards(ctx.db, {
    match,
    typed: q,
    begins: `${holds}%`,
    holds: `%${holds}%`,
    limit: String(limit + 1),
    offset: String(offset),
  })
  const found = page(
    rows,
    limit,
    () => encodeCursor('relevance', [offset + limit]),
    ({ card }) => showCard(card, ctx.tenant.currency),
  )
  return offset + limit < MAX_RESULTS ? found : { ...found, has_more: false, next_cursor: null }
}
