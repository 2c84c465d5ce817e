import type { MySqlDatabase, MySqlQueryResultHKT, PreparedQueryHKTBase } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql, { type Connection } from 'mysql2/promise'
import { errorOf } from './sql-errors.ts'

/** Runs queries: on any connection of the database, or on the one of a transaction. Drizzle's own type. */
// deno-lint-ignore no-explicit-any
export type Executor = MySqlDatabase<MySqlQueryResultHKT, PreparedQueryHKTBase, any>

/** As mysql2 answers: rows (arrays of cells, if it was so asked) or what a write came to, and what nobody reads. */
export type Answer = [unknown, unknown?]

/** What an executor is made over: all that a database can be asked. */
export type Client = {
  /** As text, with the values in it. */
  query(statement: { sql: string; rowsAsArray?: boolean }, values: unknown[]): Promise<Answer>
  /** Prepared on the server, once for each connection. Rows are arrays of cells. */
  run(sql: string, values: unknown[]): Promise<Answer>
}

const EXECUTOR = Symbol('executor')
const clients = new WeakMap<object, Client>()

/** Drizzle sees the text way alone: what is prepared goes past it. */
export function executorOver(client: Client): Executor {
  // Its `typeCast` is left out: the pools' connections give times as text already.
  const query = ({ sql, rowsAsArray }: { sql: string; rowsAsArray?: boolean }, values: unknown[]) =>
    client.query({ sql, rowsAsArray }, values)
  // Client first: drizzle 0.45 doesn't recognise a configuration object that has a `mode`.
  const executor = drizzle({ query, execute: query } as never, { mode: 'planetscale' }) as unknown as Executor
  clients.set(executor, client)
  ;(executor as unknown as Record<symbol, Executor>)[EXECUTOR] = executor
  return executor
}

/** What this executor, or the one that it extends, was made over. */
export const clientOf = (executor: Executor): Client =>
  clients.get((executor as unknown as Record<symbol, Executor>)[EXECUTOR]!)!

/** An object that adds `members` to an executor and still is that executor for prepared statements. */
export function extend<T extends object>(executor: Executor, members: T): Executor & T {
  return Object.assign(Object.create(executor), members) as Executor & T
}

/** Runs queries on this one connection. */
export function executorOf(connection: Connection): Executor {
  const known = executors.get(connection)
  if (known) return known
  const executor = executorOver(clientOver(connection))
  executors.set(connection, executor)
  return executor
}
const executors = new WeakMap<Connection, Executor>()

/** What executors over this connection ask. */
export function clientOver(connection: Connection): ConnectionClient {
  let client = connectionClients.get(connection)
  if (!client) connectionClients.set(connection, client = new ConnectionClient(connection))
  return client
}
const connectionClients = new WeakMap<Connection, ConnectionClient>()

/**
 * Of one connection. More go as text: closing one to prepare another would cost both each time. A server counts them
 * over all connections, 16,382 by default: raise its max_prepared_stmt_count with the cap.
 */
const MAX_PREPARED = 150
/** How long a connection asks the server for no more, when that keeps as many as it may over all its clients. */
const REFUSED_MS = 10_000
const TOO_MANY_PREPARED = 1461

type Handle = { execute(values: unknown[]): Promise<Answer> }

class ConnectionClient implements Client {
  readonly #connection: Connection
  readonly #handles = new Map<string, Promise<Handle | undefined>>()
  #refusedUntil = 0

  constructor(connection: Connection) {
    this.#connection = connection
  }

  query({ sql, rowsAsArray }: { sql: string; rowsAsArray?: boolean }, values: unknown[]): Promise<Answer> {
    return this.#connection.query({ sql, rowsAsArray }, values)
  }

  async run(sql: string, values: unknown[]): Promise<Answer> {
    const handle = await this.#handleOf(sql)
    return await (handle ? handle.execute(values.map(typed)) : this.query({ sql, rowsAsArray: true }, values))
  }

  /** The connection has become another user's: the server keeps nothing of what it had prepared. */
  forget(): void {
    this.#handles.clear()
  }

  /** Undefined where too many are prepared: the statement is to go as text, and has not run. */
  #handleOf(sql: string): Promise<Handle | undefined> | undefined {
    const known = this.#handles.get(sql)
    if (known) return known
    if (this.#handles.size >= MAX_PREPARED || this.#refusedUntil > Date.now()) return
    const handle = this.#prepare(sql)
    this.#handles.set(sql, handle)
    return handle
  }

  async #prepare(sql: string): Promise<Handle | undefined> {
    try {
      return await this.#connection.prepare(sql) as unknown as Handle
    } catch (error) {
      this.#handles.delete(sql)
      if (errorOf(error).errno !== TOO_MANY_PREPARED) throw error
      this.#refusedUntil = Date.now() + REFUSED_MS
    }
  }
}

/**
 * An integer is one in a prepared statement too, as it is in text: mysql2 sends a DOUBLE, which MySQL and Vitess refuse
 * in LIMIT and JSON functions keep as `1.0`.
 */
const typed = (value: unknown): unknown =>
  typeof value === 'number' && Number.isSafeInteger(value) ? LONGLONG(value) : value

/** Kept: asking mysql2 for it is a `require` each time, 2 % of a region's time. */
const { LONGLONG } = mysql.TypedParameter
