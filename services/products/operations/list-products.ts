import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import { searchQuery } from '../domain/search.ts'
import type { Ctx } from '../needs.ts'
import { showCard } from '../queries/cards.ts'
import type { Filter } from '../queries/filters.ts'
import { listCards, orders } from '../queries/list.ts'
import { keyOf } from '../queries/sql.ts'
import type { ProductCard, ProductFilters } from '../shapes/product.ts'

/** Products that shoppers see. One statement. Throws `invalid_cursor`. */
export async function listProducts(ctx: Ctx, query: ProductFilters): Promise<Page<ProductCard>> {
  const values = filterValues(query)
  if (values.match === null) return { data: [], has_more: false, next_cursor: null }
  const { sort, limit } = query
  const order = orders[sort]
  const after = decodeCursor(sort, 2, query.cursor)
  const rows = await listCards(ctx.db, {
    sort,
    filters: Object.keys(values) as Filter[],
    isContinued: after !== undefined,
  }, {
    ...values,
    ...(after && { after: order.fromCursor?.(after[0]!) ?? after[0], after_id: after[1] }),
    limit: String(limit + 1),
  })
  const cursorOf = (row: (typeof rows)[number]) => encodeCursor(sort, [order.keyOf(row), row.id])
  return page(rows, limit, cursorOf, (row) => showCard(row, ctx.tenant.currency))
}

/** Only what was asked for: the names decide the statement, the values are its parameters. */
function filterValues(query: ProductFilters): Partial<Record<Filter, unknown>> {
  const { brand, category, q } = query
  const given: Partial<Record<Filter, unknown>> = {
    ...(brand !== undefined && { [`brand_${keyOf('brand', brand)}`]: brand }),
    ...(category !== undefined && { [`category_${keyOf('cat', category)}`]: category }),
    min_price: query.min_price,
    max_price: query.max_price,
    [query.in_stock ? 'in_stock' : 'not_in_stock']: query.in_stock,
    on_sale: query.on_sale,
    featured: query.featured,
    tag: query.tag,
    match: q === undefined ? undefined : searchQuery(q),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
