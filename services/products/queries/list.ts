import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm'
import type { MySqlColumn } from 'drizzle-orm/mysql-core'
import { arg, type Executor, prepared } from '../../../shared/db/database.ts'
import { brands, products, vatRates } from '../schema.ts'
import type { SORTS } from '../shapes/product.ts'
import { cardColumns, type CardJson, type CardRow } from './cards.ts'
import { narrowings, type Place, places } from './filters.ts'
import { isPublic } from './sql.ts'

export type Sort = (typeof SORTS)[number]

/** What decides the text of the statement, 80 texts in all; everything else is a parameter of it. */
export type Shape = { sort: Sort; places: Exclude<Place, 'any_category'>[]; isContinued: boolean }

type Run = (db: Executor, values: Record<string, unknown>) => Promise<{ card: CardJson }[]>
const runs = new Map<string, Run>()

/** Cards of public products. One statement, prepared. Every parameter has a value, null where nothing was asked. */
export async function listCards(
  db: Executor,
  shape: Shape,
  values: Record<string, unknown>,
): Promise<CardJson[]> {
  const key = `${shape.sort} ${shape.isContinued} ${[...shape.places].sort()}`
  let run = runs.get(key)
  if (!run) runs.set(key, run = prepared((each) => cardPage(each, shape)) as Run)
  return (await run(db, values)).map((row) => row.card)
}

/**
 * The page is cut out by the index first: images, prices and stock are looked up for its rows alone. Sorted by the
 * page's own columns, MariaDB sorts 21 short rows; by the product's it makes a temporary table of everything.
 */
export function cardPage(db: Executor, { sort, places: names, isContinued }: Shape) {
  const { column, isDescending, isPriced } = orders[sort]
  const direction = isDescending ? desc : asc
  const conditions: SQL[] = names.map((name) => places[name])
  if (isPriced) conditions.push(sql`${products.price_min} IS NOT NULL`)
  if (isContinued) conditions.push(beyond(column, isDescending))
  const page = db.select({ id: products.id, key: sql`${column}`.as('sort_key') }).from(products)
    .where(and(isPublic, ...conditions, narrowings))
    .orderBy(direction(column), direction(products.id))
    .limit(sql.placeholder('limit'))
    .as('page')
  return db.select(cardColumns).from(page)
    .innerJoin(products, eq(products.id, page.id))
    .leftJoin(brands, eq(brands.id, products.brand_id))
    .leftJoin(vatRates, eq(vatRates.id, products.vat_rate_id))
    .orderBy(direction(page.key), direction(page.id))
}

/** Rows after the cursor's. The first comparison is the one that an index can begin at. */
function beyond(column: MySqlColumn, isDescending: boolean): SQL {
  const key = arg(column, 'after')
  const id = arg(products.id, 'after_id')
  return isDescending
    ? sql`${column} <= ${key} AND (${column} < ${key} OR ${products.id} < ${id})`
    : sql`${column} >= ${key} AND (${column} > ${key} OR ${products.id} > ${id})`
}

type Order = {
  column: MySqlColumn
  isDescending: boolean
  /** Leaves out what has no price: it has no place in this order. */
  isPriced?: boolean
  /** What a cursor keeps of a row, and what the column compares with again. */
  keyOf: (row: CardRow) => string | number
  kind: 'instant' | 'text' | 'number'
}

/** Each order goes along one index, ties by id in the same direction. */
export const orders: Record<Sort, Order> = {
  newest: {
    column: products.created_at,
    isDescending: true,
    keyOf: (row) => row.created_at.getTime(),
    kind: 'instant',
  },
  name: { column: products.name, isDescending: false, keyOf: (row) => row.name, kind: 'text' },
  '-name': { column: products.name, isDescending: true, keyOf: (row) => row.name, kind: 'text' },
  price: {
    column: products.price_min,
    isDescending: false,
    isPriced: true,
    keyOf: (row) => row.price_min!,
    kind: 'number',
  },
  '-price': {
    column: products.price_min,
    isDescending: true,
    isPriced: true,
    keyOf: (row) => row.price_min!,
    kind: 'number',
  },
}
