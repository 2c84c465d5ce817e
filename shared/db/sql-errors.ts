import { Problem } from '../errors/problem.ts'

/** The server's error, whether a statement's text was put around it or not. */
export const errorOf = (error: unknown): { code?: string; errno?: number; sqlMessage?: string } => {
  const outer = error as { code?: string; errno?: number; cause?: { code?: string; errno?: number } }
  return outer?.errno !== undefined ? outer : outer?.cause ?? {}
}

/** Another transaction held a lock for longer than is waited for one. */
export const isLockTimeout = (error: unknown): boolean => errorOf(error).errno === 1205

/** Others held its locks, each time it was tried: the same may work a moment later. */
export const isContended = (error: unknown): boolean => isLockTimeout(error) || errorOf(error).errno === 1213

/** A unique key refused the row. `key` narrows it to one index. */
export function isDuplicate(error: unknown, key?: string): boolean {
  const cause = errorOf(error)
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

/** The server, or a connection to it, is not to be had now: trying again later may help, whatever was asked. */
export function isUnavailable(error: unknown): boolean {
  const { code, cause, message } = error as {
    code?: string
    cause?: Error & { code?: string }
    message?: string
  }
  if (cause instanceof Problem && cause.code === 'unavailable') return true // no connection was free in time
  // mysql2 gives no code to a command on a connection that has just been lost.
  return AWAY.has(code ?? '') || AWAY.has(cause?.code ?? '') ||
    `${message} ${cause?.message}`.includes('closed state')
}
