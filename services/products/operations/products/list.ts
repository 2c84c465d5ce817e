import { encodeCursor, type Page } from '../../../../shared/http/pagination.ts'
import { searchQuery } from '../../domain/search.ts'
import type { Ctx } from '../../needs.ts'
import { type CardJson, readCard } from '../../queries/cards.ts'
import { orderCursor } from '../../queries/cursors.ts'
import { placesOf } from '../../queries/filters.ts'
import { listCards, orders, type Shape } from '../../queries/list.ts'
import { shownPage } from '../../queries/shown-page.ts'
import { rowCount } from '../../queries/sql.ts'
import type { ProductCard, ProductFilters } from '../../shapes/product.ts'
import { showCard } from './internal.ts'

/** Products that shoppers see. One statement. Throws `invalid_cursor`. */
export async function listProducts(ctx: Ctx, query: ProductFilters): Promise<Page<ProductCard>> {
  const { sort, limit, brand, category, q } = query
  const match = q === undefined ? undefined : searchQuery(q)
  if (match === null) return { data: [], has_more: false, next_cursor: null }
  const order = orders[sort]
  const after = orderCursor(sort, order.kind, query.cursor)
  const places: Shape['places'] = [
    ...(brand === undefined ? [] : ['brand' as const]),
    ...(category === undefined ? [] : ['category' as const]),
    ...(match === undefined ? [] : ['match' as const]),
  ]
  const rows = await listCards(ctx.db, { sort, places, isContinued: after !== undefined }, {
    ...placesOf({ brand, category }),
    match,
    min_price: query.min_price ?? null,
    max_price: query.max_price ?? null,
    in_stock: query.in_stock ?? null,
    on_sale: query.on_sale ?? null,
    featured: query.featured ?? null,
    tag: query.tag ?? null,
    ...(after && { after: after.key, after_id: after.id }),
    limit: rowCount(limit + 1),
  })
  const cursorOf = (json: CardJson) => {
    const row = readCard(json)
    return encodeCursor(sort, [order.keyOf(row), row.id])
  }
  return shownPage(ctx.log, rows, limit, cursorOf, (row) => showCard(readCard(row), ctx.tenant))
}
