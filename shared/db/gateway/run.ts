import type { Connection } from 'mysql2/promise'
import { isUnavailable } from '../database.ts'
import type { PooledConnection, Pools, Target } from '../pools.ts'
import { type Column, WireError, wireField, type WireResult, wireRow } from './wire.ts'

export const LIMITS = { rows: 1_000, bytes: 1024 * 1024, timeMs: 2_000 }
/** The server stops a statement itself; when it doesn't, its connection is closed. */
const GRACE_MS = 500

/** mysql2's own connection below the one with promises: it gives rows one by one. */
type Streaming = {
  query(options: Record<string, unknown>): {
    on(event: 'fields', listener: (columns: Column[] | undefined) => void): unknown
    on(event: 'result', listener: (row: (Uint8Array | null)[]) => void): unknown
    on(event: 'error', listener: (error: Error) => void): unknown
    on(event: 'end', listener: () => void): unknown
  }
}

const prepared = new WeakSet<Connection>()

/** Runs one read within the limits. Throws a WireError, whatever goes wrong. */
export async function runRead(pools: Pools, target: Target, sql: string): Promise<WireResult> {
  let pooled: PooledConnection | undefined
  let isUsable = false
  try {
    pooled = await pools.acquire(target)
    await makeReadOnly(pooled.connection)
    const result = await read(pooled.connection, sql)
    isUsable = true
    return result
  } catch (error) {
    const refused = asWireError(error)
    // What the server has refused is over; of anything else there may be an answer still to come.
    isUsable = isStatementError(error)
    throw refused
  } finally {
    if (pooled && isUsable) pools.release(pooled)
    else if (pooled) pools.discard(pooled)
  }
}

/** Once a connection: its user has no other work. */
async function makeReadOnly(connection: Connection): Promise<void> {
  if (prepared.has(connection)) return
  await connection.query('SET SESSION TRANSACTION READ ONLY')
  try {
    await connection.query(`SET SESSION max_statement_time = ${LIMITS.timeMs / 1000}`) // MariaDB
  } catch {
    await connection.query(`SET SESSION max_execution_time = ${LIMITS.timeMs}`) // MySQL
  }
  prepared.add(connection)
}

function read(connection: Connection, sql: string): Promise<WireResult> {
  const { connection: streaming } = connection as unknown as { connection: Streaming }
  return new Promise((resolve, reject) => {
    const late = new WireError('DEADLINE_EXCEEDED', `no answer within ${LIMITS.timeMs} ms`)
    const timer = setTimeout(() => reject(late), LIMITS.timeMs + GRACE_MS)
    const result: WireResult = { fields: [], rows: [] }
    let bytes = 0
    const settle = (end: () => void) => (clearTimeout(timer), end())
    const query = streaming.query({
      sql,
      rowsAsArray: true,
      typeCast: (field: { buffer(): Uint8Array | null }) => field.buffer(),
    })
    query.on('fields', (columns) => result.fields = (columns ?? []).map(wireField))
    query.on('result', (row) => {
      bytes += row.reduce((sum, value) => sum + (value?.length ?? 0), 0)
      if (result.rows.length >= LIMITS.rows) {
        settle(() => reject(new WireError('RESOURCE_EXHAUSTED', `row count exceeded ${LIMITS.rows}`)))
      } else if (bytes > LIMITS.bytes) {
        settle(() => reject(new WireError('RESOURCE_EXHAUSTED', `result exceeded ${LIMITS.bytes} bytes`)))
      } else result.rows.push(wireRow(row))
    })
    query.on('error', (error) => settle(() => reject(error)))
    query.on('end', () => settle(() => resolve(result)))
  })
}

type ServerError = { errno?: number; sqlState?: string; sqlMessage?: string; fatal?: boolean }

const isStatementError = (error: unknown): boolean => {
  const { errno, sqlState, fatal } = error as ServerError
  return !(error instanceof WireError) && errno !== undefined && sqlState !== undefined && fatal !== true
}

const TIMED_OUT = [1969, 3024]
const DENIED = [1044, 1142, 1143, 1227, 1792]

/** A caller reads what the server says of its own statement, and nothing about the server. */
function asWireError(error: unknown): WireError {
  if (error instanceof WireError) return error
  if (isUnavailable(error) || !isStatementError(error)) {
    return new WireError('UNAVAILABLE', 'the database is not available')
  }
  const { errno, sqlState, sqlMessage } = error as Required<ServerError>
  if (TIMED_OUT.includes(errno)) {
    return new WireError('DEADLINE_EXCEEDED', `no answer within ${LIMITS.timeMs} ms`)
  }
  const message = `${sqlMessage} (errno ${errno}) (sqlstate ${sqlState})`
  return new WireError(DENIED.includes(errno) ? 'PERMISSION_DENIED' : 'INVALID_ARGUMENT', message)
}
