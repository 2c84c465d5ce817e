import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm'
import { arg, type Executor, prepared } from '../../../shared/db/database.ts'
import { brands, products, vatRates } from '../schema.ts'
import type { SORTS } from '../shapes/product.ts'
import { cardColumns, type CardRow } from './cards.ts'
import { type Filter, filters } from './filters.ts'
import { isPublic } from './sql.ts'

export type Sort = (typeof SORTS)[number]

/** What decides the text of the statement; everything else is a parameter of it. */
export type Shape = { sort: Sort; filters: Filter[]; isContinued: boolean }

/**
 * So many shapes are prepared, the first to be asked for: each is a statement on each connection, and a server
 * keeps 16,382 for all of them (max_prepared_stmt_count). The others are built at each call.
 */
const MAX_PREPARED = 32

type Run = (db: Executor, values: Record<string, unknown>) => Promise<CardRow[]>
const runs = new Map<string, Run>()

/** Cards of public products. One statement. `limit` is text: MySQL refuses the DOUBLE that mysql2 makes of a number. */
export function listCards(db: Executor, shape: Shape, values: Record<string, unknown> & { limit: string }) {
  const key = `${shape.sort} ${shape.isContinued} ${[...shape.filters].sort()}`
  let run = runs.get(key)
  if (!run && runs.size < MAX_PREPARED) runs.set(key, run = prepared((each) => build(each, shape)) as Run)
  return run ? run(db, values) : build(db, shape).prepare().execute(values) as Promise<CardRow[]>
}

/** The page is cut out by the index first: images, prices and stock are looked up for its rows alone. */
function build(db: Executor, { sort, filters: names, isContinued }: Shape) {
  const order = orders[sort]
  const page = db.select({ id: products.id }).from(products)
    .where(and(isPublic, order.only, ...names.map((name) => filters[name]), isContinued ? order.after : undefined))
    .orderBy(...order.by)
    .limit(sql.placeholder('limit'))
    .as('page')
  return db.select(cardColumns).from(page)
    .innerJoin(products, eq(products.id, page.id))
    .leftJoin(brands, eq(brands.id, products.brand_id))
    .leftJoin(vatRates, eq(vatRates.id, products.vat_rate_id))
    .orderBy(...order.by)
}

type Order = { by: SQL[]; after: SQL; only?: SQL; position: (row: CardRow) => (string | number)[] }

const at = (column: Parameters<typeof arg>[0]) => arg(column, 'after')
const atId = arg(products.id, 'after_id')
const ascending = (column: Parameters<typeof arg>[0]) =>
  sql`${column} >= ${at(column)} AND (${column} > ${at(column)} OR ${products.id} > ${atId})`
const descending = (column: Parameters<typeof arg>[0]) =>
  sql`${column} <= ${at(column)} AND (${column} < ${at(column)} OR ${products.id} < ${atId})`
const priced = sql`${products.price_min} IS NOT NULL`

/** Each order goes along one index, ties by id in the same direction. */
export const orders: Record<Sort, Order> = {
  newest: {
    by: [desc(products.created_at), desc(products.id)],
    after: descending(products.created_at),
    position: (row) => [row.created_at.getTime(), row.id],
  },
  name: { by: [asc(products.name), asc(products.id)], after: ascending(products.name), position: (row) => [row.name, row.id] },
  '-name': { by: [desc(products.name), desc(products.id)], after: descending(products.name), position: (row) => [row.name, row.id] },
  price: {
    by: [asc(products.price_min), asc(products.id)],
    after: ascending(products.price_min),
    only: priced,
    position: (row) => [row.price_min!, row.id],
  },
  '-price': {
    by: [desc(products.price_min), desc(products.id)],
    after: descending(products.price_min),
    only: priced,
    position: (row) => [row.price_min!, row.id],
  },
}
