import type { Page } from '../../../../shared/http/pagination.ts'
import { searchQuery } from '../../domain/search.ts'
import type { Ctx } from '../../needs.ts'
import { placesOf } from '../../queries/filters.ts'
import { listCards, orders, type Shape } from '../../queries/list.ts'
import { rowCount } from '../../queries/sql.ts'
import type { ProductFilters } from '../../shapes/product.ts'

/** Cards of products that shoppers see, as JSON. One statement. Throws `invalid_cursor`. */
export async function listProducts(ctx: Ctx, query: ProductFilters): Promise<Page<string>> {
  const { sort, limit, brand, category, q } = query
  const match = q === undefined ? undefined : searchQuery(q)
  if (match === null) return { data: [], has_more: false, next_cursor: null }
  const { keyset } = orders[sort]
  const after = keyset.position(query.cursor)
  const places: Shape['places'] = [
    ...(brand === undefined ? [] : ['brand' as const]),
    ...(category === undefined ? [] : ['category' as const]),
    ...(match === undefined ? [] : ['match' as const]),
  ]
  const narrowed = {
    min_price: query.min_price ?? null,
    max_price: query.max_price ?? null,
    in_stock: query.in_stock ?? null,
    on_sale: query.on_sale ?? null,
    featured: query.featured ?? null,
    tag: query.tag ?? null,
  }
  const isNarrowed = Object.values(narrowed).some((value) => value !== null)
  const rows = await listCards(ctx.db, { sort, places, isContinued: after !== undefined, isNarrowed }, {
    ...placesOf({ brand, category }),
    ...(isNarrowed && narrowed),
    match,
    ...after,
    limit: rowCount(limit + 1),
  })
  return keyset.page(rows, limit, ({ card }) => card)
}
