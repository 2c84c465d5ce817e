import { z } from '@hono/zod-openapi'
import { and, asc, desc, eq, gt, lt, or, type SQL, sql } from 'drizzle-orm'
import type { MySqlColumn } from 'drizzle-orm/mysql-core'
import { arg } from '../db/database.ts'
import { Problem } from '../errors/problem.ts'
import { WholeNumber } from './schemas.ts'

/** Query parameters of every list. */
export const PageQuery = (defaultLimit = 20, maxLimit = 100) => ({
  limit: WholeNumber(1, maxLimit).default(defaultLimit)
    .openapi({ description: 'How many to return at most' }),
  cursor: z.string().max(1_000).optional().openapi({ description: '`next_cursor` of the page before' }),
})
export type PageQuery = { limit: number; cursor?: string }

/** A page of a list. `next_cursor` is null on the last one. */
export const Page = <T extends z.ZodType>(item: T) =>
  z.object({
    data: z.array(item),
    has_more: z.boolean(),
    next_cursor: z.string().nullable(),
  })
export type Page<T> = { data: T[]; has_more: boolean; next_cursor: string | null }

/** A value by which a list is ordered. */
type Value = string | number | boolean | Date | null
type Row<K extends string> = Record<K, Value>

/**
 * An order of a list and how to go on after any row of it. The columns are named as the rows name them; the last one
 * has to be unique.
 *
 *     const byRate = keyset('rate', { rate: vatRates.rate, id: vatRates.id })
 *     return await byRate.list(ctx.db.select().from(vatRates), query, showVatRate)
 */
export function keyset<K extends string>(
  name: string,
  columns: Record<K, MySqlColumn>,
  direction: 'asc' | 'desc' = 'asc',
): Keyset<K> {
  const keys = Object.keys(columns) as K[]
  const all = keys.map((key) => columns[key])
  const beyond = direction === 'asc' ? gt : lt
  const made: Keyset<K> = {
    order: all.map((column) => direction === 'asc' ? asc(column) : desc(column)),
    after(cursor) {
      if (cursor === undefined) return undefined
      const position = positionOf(name, cursor, all)
      return or(
        ...all.map((column, i) =>
          and(...all.slice(0, i).map((each, j) => eq(each, position[j])), beyond(column, position[i]))
        ),
      )
    },
    beyond: beyondParameters(parametersOf(keys, columns), direction),
    position(cursor) {
      if (cursor === undefined) return undefined
      const position = positionOf(name, cursor, all)
      if (position.includes(null)) throw new Problem('invalid_cursor')
      return Object.fromEntries(keys.map((key, i) => [afterOf(key), position[i]!]))
    },
    page: (rows, limit, show) =>
      page(rows, limit, (row) => encodeCursor(name, keys.map((key) => (row as Row<K>)[key])), show),
    async list(select, { cursor, limit }, show, where) {
      const rows = await select.where(and(where, made.after(cursor))).orderBy(...made.order).limit(limit + 1)
      return made.page(rows, limit, show)
    },
  }
  return made
}

export type Keyset<K extends string> = {
  order: SQL[]
  /** Throws `invalid_cursor` for anything that wasn't made for this order. */
  after(cursor: string | undefined): SQL | undefined
  /** For statements that are prepared: what `after` says, of parameters that `position` gives values to. */
  beyond: SQL
  /** Throws `invalid_cursor` for anything that wasn't made for this order. */
  position(cursor: string | undefined): Record<string, Value> | undefined
  /** Makes a page of `limit` rows out of `limit + 1` that were read. */
  page<R extends Row<K>, T>(rows: R[], limit: number, show: (row: R) => T): Page<T>
  /** Reads the page: of the rows of `select` those that are `where`, each as `show` shows it. Throws `invalid_cursor`. */
  list<R extends Row<K>, T>(
    select: Select<R>,
    query: PageQuery,
    show: (row: R) => T,
    where?: SQL,
  ): Promise<Page<T>>
}

/** A query of Drizzle's without its `where`. */
type Select<R> = {
  where(condition: SQL | undefined): {
    orderBy(...columns: SQL[]): { limit(count: number): PromiseLike<R[]> }
  }
}

const afterOf = (key: string) => `after_${key}`

type Parameter = [MySqlColumn, string]

const parametersOf = <K extends string>(keys: K[], columns: Record<K, MySqlColumn>) =>
  keys.map((key): Parameter => [columns[key], afterOf(key)]) as [Parameter, ...Parameter[]]

/** Rows after the parameters'. The first comparison is the one that an index can begin at. */
function beyondParameters(
  [[column, parameter], ...others]: [Parameter, ...Parameter[]],
  direction: 'asc' | 'desc',
): SQL {
  const value = arg(column, parameter)
  const beyond = direction === 'asc' ? sql`${column} > ${value}` : sql`${column} < ${value}`
  const [next, ...more] = others
  if (!next) return beyond
  const rest = beyondParameters([next, ...more], direction)
  return direction === 'asc'
    ? sql`(${column} >= ${value} AND (${beyond} OR ${rest}))`
    : sql`(${column} <= ${value} AND (${beyond} OR ${rest}))`
}

/** Opaque to callers: base64url of JSON. `order` binds it to one order of one list. */
export const encodeCursor = (order: string, position: Value[]): string =>
  Buffer.from(JSON.stringify([order, ...position])).toString('base64url')

/** Throws `invalid_cursor` for anything that `encodeCursor` didn't make for this order. */
export function decodeCursor(
  order: string,
  length: number,
  cursor: string | undefined,
): (string | number | null)[] | undefined {
  if (cursor === undefined) return undefined
  try {
    const [made, ...position] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [
      string,
      ...(string | number | null)[],
    ]
    const isScalar = (value: unknown) => value === null || ['string', 'number'].includes(typeof value)
    if (made === order && position.length === length && position.every(isScalar)) return position
  } catch {
    // Falls through to the refusal.
  }
  throw new Problem('invalid_cursor')
}

/** Throws `invalid_cursor` for anything that wasn't made for this order of these columns. */
function positionOf(order: string, cursor: string, columns: MySqlColumn[]): Value[] {
  const position = decodeCursor(order, columns.length, cursor)!
  try {
    return columns.map((column, i) => valueOf(column, position[i]))
  } catch {
    throw new Problem('invalid_cursor')
  }
}

/** Throws unless the column could hold the value. */
function valueOf(column: MySqlColumn, given: unknown): Value {
  if (given === null && !column.notNull) return null
  const isDate = column.dataType === 'date'
  const type: string = isDate || column.dataType === 'custom' ? 'string' : column.dataType
  const value = isDate ? new Date(given as string) : given
  // Neither a fraction of a count nor a year of more than four digits is anything to a server: the statement would fail.
  const isSound = value instanceof Date
    ? /^\d{4}-/.test(value.toISOString())
    : typeof value !== 'number' || Number.isSafeInteger(value)
  if (typeof given as string !== type || !isSound) throw new TypeError('of another type')
  column.mapToDriverValue(value) // An id has a form of its own.
  return value as Value
}

/** Makes a page of `limit` rows out of `limit + 1` that were read. */
export function page<R, T>(
  rows: R[],
  limit: number,
  cursorOf: (row: R) => string,
  show: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit)
  const has_more = rows.length > limit
  return {
    data: shown.map(show),
    has_more,
    next_cursor: has_more ? cursorOf(shown[shown.length - 1]!) : null,
  }
}
