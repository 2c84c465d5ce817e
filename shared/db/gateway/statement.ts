import { WireError } from './wire.ts'

const MAX_CHARS = 64 * 1024

/**
 * One SELECT is all that passes. What it may see is the database's to decide, by the rights of its user; the server
 * itself refuses a second statement behind a semicolon. Throws a WireError otherwise.
 */
export function requireRead(sql: unknown): string {
  if (typeof sql !== 'string' || sql.trim() === '') {
    throw new WireError('INVALID_ARGUMENT', 'query must be a text')
  }
  if (sql.length > MAX_CHARS) {
    throw new WireError('INVALID_ARGUMENT', `query must have at most ${MAX_CHARS} characters`)
  }
  if (/^\s*(begin|start\s+transaction|commit|rollback|savepoint)\b/i.test(sql)) {
    throw new WireError('UNIMPLEMENTED', 'transactions are not supported here: this gateway only reads')
  }
  if (!/^\s*select\b/i.test(sql)) throw new WireError('PERMISSION_DENIED', 'this gateway only reads: SELECT')
  // Both would outlive the statement, or the server's data: FILE is granted to nobody, locks need no right.
  if (/\binto\s+(outfile|dumpfile|@)|\bget_lock\s*\(/i.test(sql)) {
    throw new WireError('PERMISSION_DENIED', 'this gateway only reads')
  }
  return sql
}
