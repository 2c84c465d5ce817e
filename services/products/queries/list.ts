import { and, asc, desc, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { MySqlColumn } from 'drizzle-orm/mysql-core'
import { type Executor, prepared } from '../../../shared/db/database.ts'
import { type Keyset, keyset } from '../../../shared/http/pagination.ts'
import { productDocuments, products } from '../schema.ts'
import type { SORTS } from '../shapes/product.ts'
import { narrowings, type Place, places } from './filters.ts'

export type Sort = (typeof SORTS)[number]

/**
 * What decides the text of the statement, 160 texts in all; everything else is a parameter of it. Most lists are of
 * everything there: those carry no `narrowings` and none of their parameters.
 */
export type Shape = { sort: Sort; places: Place[]; isContinued: boolean; isNarrowed: boolean }

type Key = 'created_at' | 'name' | 'price_min'
/** A card, and where it stands in its list: of the keys it has the one that the list goes by. */
export type ListedCard = Pick<typeof productDocuments.$inferSelect, 'card' | 'product_id' | Key>

const { product_id, price_min, card } = productDocuments

type Order = {
  key: Key
  column: MySqlColumn
  direction: 'asc' | 'desc'
  keyset: Keyset<Key | 'product_id'>
}

const order = (sort: Sort, key: Key, direction: Order['direction']): Order => {
  const column = productDocuments[key]
  return {
    key,
    column,
    direction,
    keyset: keyset<string>(sort, { [key]: column, product_id }, direction) as never,
  }
}

/** Each goes along one index, ties by id in the same direction. By price: only what has one. */
export const orders: Record<Sort, Order> = {
  newest: order('newest', 'created_at', 'desc'),
  name: order('name', 'name', 'asc'),
  '-name': order('-name', 'name', 'desc'),
  price: order('price', 'price_min', 'asc'),
  '-price': order('-price', 'price_min', 'desc'),
}

type Run = (db: Executor, values: Record<string, unknown>) => Promise<ListedCard[]>
const runs = new Map<string, Run>()

/** Cards of public products. One statement, prepared. Every parameter has a value, null where nothing was asked. */
export async function listCards(
  db: Executor,
  shape: Shape,
  values: Record<string, unknown>,
): Promise<ListedCard[]> {
  const key = `${shape.sort} ${shape.isContinued} ${shape.isNarrowed} ${[...shape.places].sort()}`
  let run = runs.get(key)
  if (!run) runs.set(key, run = prepared((each) => cardPage(each, shape)) as unknown as Run)
  return await run(db, values)
}

/**
 * One range of an index. Where another table decides what is in the list, short rows are cut out and sorted first, and
 * cards looked up for those alone: a text in what MariaDB has to sort makes a temporary table on disk.
 */
export function cardPage(db: Executor, { sort, places: names, isContinued, isNarrowed }: Shape) {
  const { key, column, direction, keyset: { beyond, order } } = orders[sort]
  const conditions: SQL[] = names.map((each) => places[each])
  if (sort.endsWith('price')) conditions.push(isNotNull(price_min))
  if (isContinued) conditions.push(beyond)
  if (isNarrowed) conditions.push(narrowings)
  const columns = { card, product_id, [key]: column }
  if (!names.includes('match') && !names.includes('category')) {
    return db.select(columns).from(productDocuments)
      .where(and(...conditions)).orderBy(...order).limit(sql.placeholder('limit'))
  }
  const all = db.select({ id: sql`${product_id}`.as('id'), key: sql`${column}`.as('sort_key') })
    .from(productDocuments).$dynamic()
  const found = names.includes('match') ? all.innerJoin(products, eq(products.id, product_id)) : all
  const page = found.where(and(...conditions)).orderBy(...order).limit(sql.placeholder('limit'))
    .as('page')
  const along = direction === 'asc' ? asc : desc
  return db.select(columns).from(page)
    .innerJoin(productDocuments, eq(product_id, page.id)).orderBy(along(page.key), along(page.id))
}
