import {
  Column,
  DrizzleQueryError,
  getTableColumns,
  getTableName,
  is,
  Param,
  Placeholder,
  SQL,
  sql,
} from 'drizzle-orm'
import { type MySqlColumn, MySqlDialect, type MySqlTable } from 'drizzle-orm/mysql-core'
import { Problem } from '../errors/problem.ts'
import { type Answer, type Client, clientOf, type Executor, executorOver } from './executor.ts'

type Values = Record<string, unknown>
type Build = { prepare(): { execute(values?: Values): unknown } }
type Result<Q extends Build> = ReturnType<ReturnType<Q['prepare']>['execute']>

/**
 * A statement that is built once, whichever connection it runs on, and prepared on the server once for each: nothing
 * of Drizzle's is left at a call. For reads and writes on hot paths. Parameters are named with `arg`.
 *
 *     const bySlug = prepared((db) => db.select().from(products).where(eq(products.slug, arg(products.slug, 'slug'))))
 *     const rows = await bySlug(ctx.db, { slug })
 */
export function prepared<Q extends Build>(
  build: (executor: Executor) => Q,
): (executor: Executor, values?: Values) => Result<Q> {
  let statement: Statement | undefined
  return (executor, values = {}) => {
    statement ??= compile(build(nowhere))
    return statement(clientOf(executor), values) as Result<Q>
  }
}

/** The same for a write that Drizzle has no words for. */
export function preparedSql(build: () => SQL): (executor: Executor, values?: Values) => Promise<Answer> {
  let statement: Statement | undefined
  return (executor, values = {}) => {
    statement ??= compileSql(build())
    return statement(clientOf(executor), values) as Promise<Answer>
  }
}

/** A named parameter of a prepared statement, encoded as `column` stores it; null is SQL's NULL. */
export function arg(column: MySqlColumn, name: string): SQL {
  const encoder = {
    mapToDriverValue: (value: unknown) => value === null ? null : column.mapToDriverValue(value),
  }
  return sql`${new Param(sql.placeholder(name), encoder)}`
}

/** One named parameter for each column, for an insert of one row. */
export function argsOf<T extends MySqlTable>(table: T): Record<keyof T['_']['columns'], SQL> {
  return Object.fromEntries(
    Object.entries(getTableColumns(table)).map(([name, column]) => [name, arg(column as MySqlColumn, name)]),
  ) as Record<keyof T['_']['columns'], SQL>
}

/** A server keeps 10 to 40 kB for each, of each connection: one for any number of rows would fill its memory. */
const MAX_PREPARED_ROWS = 8

/** A value for every column; what may be NULL is NULL where it has none. */
export type Row<T extends MySqlTable, S = T['$inferSelect']> =
  & { [K in keyof S as null extends S[K] ? never : K]: S[K] }
  & { [K in keyof S as null extends S[K] ? K : never]?: S[K] }

/**
 * Inserts rows by one statement, prepared once for each number of them; many go as text. `ignore` leaves out rows that
 * are there already.
 */
export function preparedRows<T extends MySqlTable>(table: T, { ignore = false } = {}) {
  const columns = Object.entries(getTableColumns(table)) as [string, MySqlColumn][]
  const names = columns.map(([, { name }]) => quoted(name)).join(', ')
  const head = `insert ${ignore ? 'ignore ' : ''}into ${quoted(getTableName(table))} (${names}) values `
  const row = `(${columns.map(() => '?').join(', ')})`
  const textOf = (rows: number) => head + Array(rows).fill(row).join(', ')
  const prepared = Array.from({ length: MAX_PREPARED_ROWS }, (_, i) => textOf(i + 1))
  return async (executor: Executor, rows: Row<T>[]): Promise<Answer> => {
    const known = prepared[rows.length - 1]
    const text = known ?? textOf(rows.length)
    const values: unknown[] = []
    for (const each of rows as Values[]) {
      for (const [key, column] of columns) {
        const value = each[key]
        values.push(value === null || value === undefined ? null : column.mapToDriverValue(value))
      }
    }
    const client = clientOf(executor)
    return await naming(text, values, known ? client.run(text, values) : client.query({ sql: text }, values))
  }
}

/** Rows that matched, for both drivers. */
export function affectedRows(result: unknown): number {
  const header = (Array.isArray(result) ? result[0] : result) as {
    affectedRows?: number
    rowsAffected?: number
  }
  return header.affectedRows ?? header.rowsAffected ?? 0
}

const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``

type Statement = (client: Client, values: Values) => Promise<unknown>
type Field = { path: string[]; field: unknown }
type Decoder = { mapFromDriverValue(value: unknown): unknown }

/** What Drizzle 0.45 has made of a query: its own types don't tell. */
type Built = {
  rawQuery: { sql: string }
  params: unknown[]
  fields?: Field[]
  joinsNotNullableMap?: Record<string, boolean>
  customResultMapper?: unknown
  returningIds?: unknown
}

const refuse = () => Promise.reject(new Error('a statement was run while it was built'))
/** Statements are built over it, never run. */
const nowhere = executorOver({ query: refuse, run: refuse })

function compile(query: Build): Statement {
  const { rawQuery: { sql: text }, params, fields, joinsNotNullableMap, ...other } = query
    .prepare() as unknown as Built
  if (other.customResultMapper || other.returningIds) throw new Error(`can't be prepared: ${text}`)
  const run = runner(text, params)
  if (!fields) return run
  const read = reader(fields, joinsNotNullableMap)
  return async (client, named) => ((await run(client, named))[0] as unknown[][]).map(read)
}

function compileSql(query: SQL): Statement {
  const { sql: text, params } = dialect.sqlToQuery(query)
  return runner(text, params)
}
const dialect = new MySqlDialect()

function runner(text: string, params: unknown[]) {
  const bind = params.map(binder)
  return async (client: Client, named: Values): Promise<Answer> => {
    const values = bind.map((each) => each(named))
    return await naming(text, values, client.run(text, values))
  }
}

function binder(param: unknown): (named: Values) => unknown {
  if (is(param, Placeholder)) return (named) => given(named, param.name)
  if (!is(param, Param) || !is(param.value, Placeholder)) return () => param
  const { encoder, value: { name } } = param as Param & { value: Placeholder }
  return (named) => encoder.mapToDriverValue(given(named, name))
}

function given(named: Values, name: string): unknown {
  const value = named[name]
  if (value === undefined) throw new Error(`no value for "${name}"`)
  return value
}

/** Makes objects of rows: of columns, or of tables that were joined; one whose columns are all NULL is null itself. */
function reader(fields: Field[], notNullable: Record<string, boolean> = {}): (cells: unknown[]) => unknown {
  const columns = fields.map(({ path, field }) => {
    if (path.length > 2) throw new Error(`too deep to be prepared: ${path.join('.')}`)
    const decoder = decoderOf(field)
    return {
      group: path.length === 2 ? path[0] : undefined,
      key: path.at(-1)!,
      decode: (value: unknown) => decoder.mapFromDriverValue(value),
    }
  })
  const nullable = nullableGroups(fields, notNullable)
  return (cells) => {
    const row: Record<string, unknown> = {}
    for (let i = 0; i < columns.length; i++) {
      const { group, key, decode } = columns[i]!
      const cell = cells[i]
      const value = cell === null ? null : decode(cell)
      if (group === undefined) row[key] = value
      else ((row[group] ??= {}) as Values)[key] = value
    }
    for (const group of nullable) {
      if (Object.values(row[group] as Values).every((value) => value === null)) row[group] = null
    }
    return row
  }
}

/** As Drizzle has it: those that are columns of one table, which a join may not have found. */
function nullableGroups(fields: Field[], notNullable: Record<string, boolean>): string[] {
  if (Object.keys(notNullable).length === 0) return []
  const tables = new Map<string, Set<string | undefined>>()
  for (const { path, field } of fields) {
    if (path.length < 2) continue
    const known = tables.get(path[0]!) ?? new Set()
    tables.set(path[0]!, known.add(is(field, Column) ? getTableName(field.table) : undefined))
  }
  return [...tables].filter(([, [table, ...others]]) =>
    table !== undefined && others.length === 0 && !notNullable[table]
  ).map(([group]) => group)
}

function decoderOf(field: unknown): Decoder {
  if (is(field, Column)) return field as unknown as Decoder
  const of = field as { decoder?: Decoder; sql?: { decoder: Decoder }; _?: { sql: { decoder: Decoder } } }
  return (is(field, SQL) ? of.decoder : of._?.sql.decoder ?? of.sql!.decoder)!
}

/** A refusal names its statement and has a stack of whoever ran it: the server's own has neither. */
async function naming<T>(text: string, values: unknown[], answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Problem) throw error // there was no connection to run it on
    throw new DrizzleQueryError(text, values, error as Error)
  }
}
