import mysql, { type Connection, type ConnectionOptions } from 'mysql2/promise'
import { clientOver } from './executor.ts'

/** Where a connection leads, and as whom. */
export type Login = { host: string; port: number; user: string; password: string; database: string }

/** Whether each statement commits by itself, or a transaction is begun by the first and lasts until it is ended. */
export type Mode = 'statements' | 'transaction'

type Session = { mode?: Mode; statementLimitMs?: number }

/**
 * Opens a connection on which every statement of ours means the same: on MariaDB, MySQL and Vitess. One that runs
 * longer than `statementLimitMs` is ended by the server.
 */
export async function connect(login: Login, session: Session = {}): Promise<Connection> {
  const { host, port, user, password, database } = login
  const connection = await mysql.createConnection({ host, port, user, password, database, ...options })
  // Without a listener a lost connection would end the process.
  connection.on('error', () => {})
  try {
    await connection.query(setting(session))
    return connection
  } catch (error) {
    connection.destroy()
    throw error
  }
}

/** Makes the connection another user's, in another database: as a new one, at a third of its price. */
export async function changeLogin(
  connection: Connection,
  { user, password, database }: Login,
  session: Session = {},
): Promise<void> {
  await connection.changeUser({ user, password, database })
  clientOver(connection).forget()
  await connection.query(setting(session))
}

/** A round trip, as a `begin` would be: but not for every transaction. */
export async function setMode(connection: Connection, mode: Mode): Promise<void> {
  await connection.query(`SET SESSION ${AUTOCOMMIT[mode]}`)
}

const AUTOCOMMIT: Record<Mode, string> = { statements: 'autocommit = 1', transaction: 'autocommit = 0' }

/** The connection was lost, or given up in the middle of a statement. */
export function isBroken(connection: Connection): boolean {
  const { stream, _fatalError } = (connection as unknown as {
    connection: { stream?: { destroyed?: boolean }; _fatalError?: unknown }
  }).connection
  return _fatalError != null || stream?.destroyed === true
}

const options: ConnectionOptions = {
  // More than an executor prepares: it counts itself, and this would close what it still uses.
  maxPreparedStatements: 1_000,
  // Of prepared statements, which have no such option of their own; Drizzle says at each call what it wants.
  rowsAsArray: true,
  timezone: 'Z',
  charset: 'utf8mb4',
  connectTimeout: 5_000,
  // Drizzle reads times from text. As a connection's setting it costs nothing; as its type cast a call for every cell.
  dateStrings: true,
  // Stacks of callers in errors, made for every statement: 7 % of a region's time.
  trace: false,
}

/**
 * READ COMMITTED takes no gap locks, so buyers of different products don't wait for one another. MariaDB before 11.1
 * knows the variable by its old name only: each server reads the comment that is meant for it.
 */
const SESSION = `SET SESSION /*M!100000 tx_isolation *//*!80000 transaction_isolation */ = 'READ-COMMITTED',
  sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 5`

/** The limit is in seconds on MariaDB; on MySQL in milliseconds, and for reads alone. */
function setting({ mode = 'statements', statementLimitMs }: Session): string {
  const set = `${SESSION}, ${AUTOCOMMIT[mode]}`
  return statementLimitMs === undefined
    ? set
    : `${set}, /*M!100000 max_statement_time = ${
      statementLimitMs / 1000
    } *//*!80000 max_execution_time = ${statementLimitMs} */`
}
