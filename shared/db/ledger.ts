import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { type Connection, escape } from 'mysql2/promise'

export type Migration = { name: string; checksum: string; sql: string }

/** What a database has seen of its migrations, statement by statement: DDL can't be rolled back, only gone on with. */
const LEDGER = `CREATE TABLE IF NOT EXISTS migrations (
  name VARCHAR(255) NOT NULL PRIMARY KEY, checksum CHAR(64) NOT NULL, statements_done SMALLINT NOT NULL,
  error TEXT, applied_at DATETIME(3))`

type Entry = Pick<Migration, 'name' | 'checksum'> & {
  statements_done: number
  /** The server refused the next statement: it had no effect. Without it nobody knows whether it had. */
  error: string | null
  applied_at: unknown
}

/** Reads the SQL files of a folder in their order. */
export async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return await Promise.all(names.map(async (name) => {
    const sql = await readFile(new URL(name, folder), 'utf8')
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
  }))
}

/** Splits a script at the semicolons that stand outside of quotes and comments; drops what is only comment. */
export function statementsOf(script: string): string[] {
  const tokens = script.matchAll(
    /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|(--\s[^\n]*|#[^\n]*|\/\*(?!!)[\s\S]*?\*\/)|(;)|[\s\S]/g,
  )
  const statements = ['']
  for (const [text, comment, end] of tokens) {
    if (end) statements.push('')
    else if (!comment) statements[statements.length - 1] += text
  }
  return statements.map((each) => each.trim()).filter(Boolean)
}

/**
 * Applies what the database has not seen yet, in order, and goes on where an interrupted run stopped. Answers the names
 * it applied. What a newer release has applied besides is none of its business. Throws when a migration that has been
 * begun was changed since. The caller sees to it that no other connection does the same.
 */
export async function applyMigrations(
  connection: Pick<Connection, 'query'>,
  database: string,
  migrations: Migration[],
): Promise<string[]> {
  await connection.query(`USE ${quoted(database)}; ${LEDGER}`)
  const [rows] = await connection.query(
    'SELECT name, checksum, statements_done, error, applied_at FROM migrations',
  )
  const seen = new Map((rows as Entry[]).map((row) => [row.name, row]))
  const changed = migrations.find(({ name, checksum }) => (seen.get(name)?.checksum ?? checksum) !== checksum)
  if (changed) {
    throw new Error(
      `${database}: ${changed.name} was changed after it had been applied; migrations are append-only`,
    )
  }
  const pending = migrations.filter(({ name }) => !seen.get(name)?.applied_at)
  for (const migration of pending) await apply(connection, migration, seen.get(migration.name))
  return pending.map(({ name }) => name)
}

async function apply(
  connection: Pick<Connection, 'query'>,
  { name, checksum, sql }: Migration,
  begun?: Entry,
): Promise<void> {
  const statements = statementsOf(sql)
  const where = `WHERE name = ${escape(name)}`
  // A change of rows commits with its count; one of tables commits by itself, just before its count.
  const step = (at: number) =>
    `BEGIN; ${statements[at]};\nUPDATE migrations SET statements_done = ${
      at + 1
    }, error = NULL ${where}; COMMIT`
  const rest = (from: number) =>
    statements.slice(from).map((_, i) => step(from + i)).concat(
      `UPDATE migrations SET applied_at = UTC_TIMESTAMP(3), error = NULL ${where}`,
    ).join(';\n')
  let from = begun?.statements_done ?? 0
  try {
    if (begun && !begun.error && from < statements.length) {
      await connection.query(step(from)).catch(async (error) => {
        if (!hadEffect(error)) throw error
        await connection.query(`ROLLBACK; UPDATE migrations SET statements_done = ${from + 1} ${where}`)
      })
      from++
    }
    const entry = `INSERT INTO migrations (name, checksum, statements_done) VALUES (${escape(name)}, ${
      escape(checksum)
    }, 0);\n`
    await connection.query((begun ? '' : entry) + rest(from))
  } catch (error) {
    if (isRefusal(error)) {
      await connection.query(`ROLLBACK; UPDATE migrations SET error = ${escape(error.message)} ${where}`)
        .catch(() => {}) // the next run then takes the statement for interrupted
    }
    throw error
  }
}

/** MySQL quotes names so; mysql2's `??` would split them at dots. */
const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``

/** What a server says to a statement whose effect is there: exists, duplicate column, key or constraint, gone. */
const THERE = [1050, 1051, 1060, 1061, 1068, 1091, 1826, 3822, 4092]

function hadEffect(error: { errno?: number; sqlMessage?: string }): boolean {
  // MariaDB tells of a foreign key that is there in an error of InnoDB's.
  return THERE.includes(error.errno ?? 0) ||
    (error.errno === 1005 && /errno: 121\b/.test(error.sqlMessage ?? ''))
}

const isRefusal = (error: unknown): error is { errno: number; message: string } =>
  typeof (error as { errno?: unknown }).errno === 'number' && (error as { errno: number }).errno > 0 &&
  (error as { fatal?: boolean }).fatal !== true
