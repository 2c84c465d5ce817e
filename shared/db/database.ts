import { Param, type SQL, sql } from 'drizzle-orm'
import type {
  MySqlColumn,
  MySqlDatabase,
  MySqlQueryResultHKT,
  PreparedQueryHKTBase,
} from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql, { type Connection } from 'mysql2/promise'
import { Problem } from '../errors/problem.ts'
import type { Pools, Target } from './pools.ts'

/** Runs queries: on any connection of the database, or on the one of a transaction. Drizzle's own type. */
// deno-lint-ignore no-explicit-any
export type Executor = MySqlDatabase<MySqlQueryResultHKT, PreparedQueryHKTBase, any>

type Statement = { sql: string; rowsAsArray?: boolean }
type Run = (statement: Statement, values: unknown) => unknown
type Client = { query: Run; execute: Run }

/** For each executor, its twin whose statements are prepared on the server. */
const prepareOnServer = new WeakMap<object, Executor>()
const EXECUTOR = Symbol('executor')

/** A transaction whose work is done and not decided on yet. */
export type OpenTransaction<T> = {
  value: T
  executor: Executor
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** Makes known, before a transaction commits, that it may leave work behind. Nothing to wait for: it is known. */
export type Mark = { ensure(): Promise<void> | undefined }

const MAX_ATTEMPTS = 4
/** Each has waited for its lock for seconds already. */
const MAX_ATTEMPTS_AFTER_WAITING = 2

/** A tenant's database of one service. */
export class Database {
  readonly executor: Executor
  readonly #pools: Pools
  readonly #target: Target
  readonly #mark?: Mark

  constructor(pools: Pools, target: Target, mark?: Mark) {
    this.#pools = pools
    this.#target = target
    this.#mark = mark
    this.executor = executorOver({
      query: (...args) => this.#run((client) => client.query(...args)),
      execute: (...args) => this.#run((client) => client.execute(...args)),
    })
  }

  /**
   * Runs `work` in one transaction, on an executor made for it. A deadlock rolls back and runs it again, at most
   * 3 times, a lock time-out once: `work` must have no effect but through that executor.
   */
  async transaction<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    const open = await this.begin(work)
    await open.commit()
    return open.value
  }

  /**
   * Like `transaction`, but leaves it to the caller whether what `work` did is kept: one of `commit` and `rollback` has
   * to be called, once, or the connection is never given back.
   */
  async begin<T>(work: (executor: Executor) => Promise<T>): Promise<OpenTransaction<T>> {
    for (let attempt = 1;; attempt++) {
      try {
        return await this.#once(work)
      } catch (error) {
        if (attempt >= attemptsAfter(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt))
      }
    }
  }

  async #once<T>(work: (executor: Executor) => Promise<T>): Promise<OpenTransaction<T>> {
    void this.#mark?.ensure() // goes on beside the work
    const pooled = await this.#pools.acquire(this.#target)
    const executor = executorOf(pooled.connection)
    const rollback = async () => {
      const isClean = await pooled.connection.query('rollback').then(() => true, () => false)
      if (isClean) this.#pools.release(pooled)
      else this.#pools.discard(pooled)
    }
    const commit = async () => {
      try {
        await this.#mark?.ensure()
        await pooled.connection.query('commit')
      } catch (error) {
        await rollback()
        throw error
      }
      this.#pools.release(pooled)
      void this.#mark?.ensure() // in case the commit took longer than the mark counts
    }
    try {
      await pooled.connection.query('begin')
      return { value: await work(executor), executor, commit, rollback }
    } catch (error) {
      await rollback()
      throw error
    }
  }

  async #run<T>(use: (client: Client) => T): Promise<Awaited<T>> {
    const pooled = await this.#pools.acquire(this.#target)
    try {
      return await use(pooled.connection as unknown as Client)
    } finally {
      this.#pools.release(pooled)
    }
  }
}

/**
 * A statement built once for each connection and prepared on the server: twice as fast as one built at each
 * call. For reads and writes on hot paths. Parameters are named with `arg`.
 *
 *     const bySlug = prepared((db) => db.select().from(products).where(eq(products.slug, arg(products.slug, 'slug'))))
 *     const rows = await bySlug(ctx.db, { slug })
 */
export function prepared<Q extends { prepare(): { execute(values?: Record<string, unknown>): unknown } }>(
  build: (executor: Executor) => Q,
): (executor: Executor, values?: Record<string, unknown>) => ReturnType<ReturnType<Q['prepare']>['execute']> {
  const statements = new WeakMap<object, ReturnType<Q['prepare']>>()
  return (executor, values) => {
    const base = baseOf(executor)
    let statement = statements.get(base)
    if (!statement) {
      statement = build(prepareOnServer.get(base) ?? base).prepare() as ReturnType<Q['prepare']>
      statements.set(base, statement)
    }
    return statement.execute(values) as ReturnType<ReturnType<Q['prepare']>['execute']>
  }
}

/** A named parameter of a prepared statement, encoded as `column` stores it; null is SQL's NULL. */
export function arg(column: MySqlColumn, name: string): SQL {
  const encoder = {
    mapToDriverValue: (value: unknown) => value === null ? null : column.mapToDriverValue(value),
  }
  return sql`${new Param(sql.placeholder(name), encoder)}`
}

/** Rows that matched, for both drivers. */
export function affectedRows(result: unknown): number {
  const header = (Array.isArray(result) ? result[0] : result) as {
    affectedRows?: number
    rowsAffected?: number
  }
  return header.affectedRows ?? header.rowsAffected ?? 0
}

/** An object that adds `members` to an executor and still is that executor for prepared statements. */
export function extend<T extends object>(executor: Executor, members: T): Executor & T {
  return Object.assign(Object.create(executor), members) as Executor & T
}

const baseOf = (executor: Executor): Executor =>
  (executor as unknown as Record<symbol, Executor>)[EXECUTOR] ?? executor

/** Runs queries on this one connection. */
export function executorOf(connection: Connection): Executor {
  const known = executors.get(connection)
  if (known) return known
  const executor = executorOver(connection as unknown as Client)
  executors.set(connection, executor)
  return executor
}
const executors = new WeakMap<Connection, Executor>()

function executorOver(client: Client): Executor {
  // Client first: drizzle 0.45 doesn't recognise a configuration object that has a `mode`.
  const build = (each: Client) => drizzle(each as never, { mode: 'planetscale' }) as unknown as Executor
  // Its `typeCast` is left out: the pools' connections give times as text already.
  const asText: Run = ({ sql, rowsAsArray }, values) => client.query({ sql, rowsAsArray }, values)
  const onServer: Run = async ({ sql, rowsAsArray }, values) => {
    try {
      return await client.execute({ sql, rowsAsArray }, (values as unknown[]).map(typed))
    } catch (error) {
      // The server keeps as many as it may, over all its clients: not one has run.
      if (errorOf(error).errno !== TOO_MANY_PREPARED) throw error
      return await asText({ sql, rowsAsArray }, values)
    }
  }
  const executor = build({ query: asText, execute: asText })
  prepareOnServer.set(executor, build({ query: onServer, execute: onServer }))
  ;(executor as unknown as Record<symbol, Executor>)[EXECUTOR] = executor
  return executor
}

/**
 * An integer is one in a prepared statement too, as it is in text: mysql2 sends a DOUBLE, which MySQL and Vitess refuse
 * in LIMIT and JSON functions keep as `1.0`.
 */
const typed = (value: unknown): unknown =>
  typeof value === 'number' && Number.isSafeInteger(value) ? mysql.TypedParameter.LONGLONG(value) : value
const TOO_MANY_PREPARED = 1461

const errorOf = (error: unknown): { code?: string; errno?: number } => {
  const outer = error as { code?: string; errno?: number; cause?: { code?: string; errno?: number } }
  return outer?.errno !== undefined ? outer : outer?.cause ?? {}
}

function attemptsAfter(error: unknown): number {
  const { errno } = errorOf(error)
  if (errno === 1213) return MAX_ATTEMPTS
  return errno === 1205 ? MAX_ATTEMPTS_AFTER_WAITING : 1
}

/** Another transaction held a lock for longer than is waited for one. */
export const isLockTimeout = (error: unknown): boolean => errorOf(error).errno === 1205

/** Others held its locks, each time it was tried: the same may work a moment later. */
export const isContended = (error: unknown): boolean => isLockTimeout(error) || errorOf(error).errno === 1213

/** A unique key refused the row. `key` narrows it to one index. */
export function isDuplicate(error: unknown, key?: string): boolean {
  const cause = errorOf(error) as { errno?: number; sqlMessage?: string }
  return cause.errno === 1062 && (!key || (cause.sqlMessage ?? '').includes(key))
}

/** For `catch`: a row that names a parent which isn't there is refused with `not_found`. */
export function notFoundWithoutParent(error: unknown): never {
  throw errorOf(error).errno === 1452 ? new Problem('not_found') : error
}

/** Numbers out of range, texts too long, bytes that are no text: refused by the columns. */
const UNSTORABLE = new Set([1264, 1366, 1406, 1690])

/** What was to be stored doesn't fit its column. */
export const isUnstorable = (error: unknown): boolean => UNSTORABLE.has(errorOf(error).errno ?? 0)

const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
])

/** The server is away, restarting or full: trying again later may help, whatever was asked. */
export function isUnavailable(error: unknown): boolean {
  const { code, cause, message } = error as {
    code?: string
    cause?: { code?: string; message?: string }
    message?: string
  }
  // mysql2 gives no code to a command on a connection that has just been lost.
  return AWAY.has(code ?? '') || AWAY.has(cause?.code ?? '') ||
    `${message} ${cause?.message}`.includes('closed state')
}
