import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import mysql, { type Connection } from 'mysql2/promise'
import { databasePassword, userName } from './databases.ts'

/** Every right on its own database, none anywhere else. */
const RIGHTS = 'SELECT, INSERT, UPDATE, DELETE'
const LEDGER = `CREATE TABLE IF NOT EXISTS migrations (
  name VARCHAR(255) NOT NULL PRIMARY KEY, checksum CHAR(64) NOT NULL, applied_at DATETIME(3) NOT NULL)`

export type Migration = { name: string; checksum: string; sql: string }

/** Reads the SQL files of a folder in their order. */
export async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return await Promise.all(names.map(async (name) => {
    const sql = await readFile(new URL(name, folder), 'utf8')
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
  }))
}

/** The account that makes and removes databases. One connection, a multi-statement batch a database. */
export class DatabaseAdmin {
  readonly #connection: Connection
  readonly #platformSecret: string

  private constructor(connection: Connection, platformSecret: string) {
    this.#connection = connection
    this.#platformSecret = platformSecret
  }

  static async connect(url: string, platformSecret: string): Promise<DatabaseAdmin> {
    const connection = await mysql.createConnection({
      uri: url,
      multipleStatements: true,
      timezone: 'Z',
      connectTimeout: 5_000,
    })
    connection.on('error', () => {})
    return new DatabaseAdmin(connection, platformSecret)
  }

  async close(): Promise<void> {
    await this.#connection.end().catch(() => {})
  }

  /** Makes a database and the one user that can see it. Again without harm; resets the user's password. */
  async create(database: string): Promise<void> {
    const user = userName(database)
    const password = databasePassword(this.#platformSecret, user)
    await this.#connection.query(
      `CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
       CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?; ALTER USER ?@'%' IDENTIFIED BY ?;
       GRANT ${RIGHTS} ON ??.* TO ?@'%'`,
      [database, user, password, user, password, database, user],
    )
  }

  /** Removes a database and its user, if they are there. */
  async drop(database: string): Promise<void> {
    await this.#connection.query(`DROP DATABASE IF EXISTS ??; DROP USER IF EXISTS ?@'%'`, [
      database,
      userName(database),
    ])
  }

  /**
   * Fills the database of a new shop. DDL can't be rolled back, and nothing in there is worth keeping yet: what an
   * interrupted attempt left is removed first.
   */
  async build(database: string, migrations: Migration[]): Promise<void> {
    const [tables] = await this.#connection.query(
      'SELECT 1 FROM information_schema.tables WHERE table_schema = ? LIMIT 1',
      [database],
    )
    const isUntouched = (tables as unknown[]).length === 0
    if (!isUntouched && await this.#isBuilt(database, migrations)) return
    if (!isUntouched) {
      await this.drop(database)
      await this.create(database)
    }
    await this.migrate(database, migrations)
  }

  async #isBuilt(database: string, migrations: Migration[]): Promise<boolean> {
    await this.#connection.query(`USE ??; ${LEDGER}`, [database])
    const [[row]] = await this.#connection.query('SELECT COUNT(*) AS applied FROM migrations') as unknown as [
      [{ applied: number }],
    ]
    return row.applied === migrations.length
  }

  /** Ids of the shops that have databases. */
  async tenants(): Promise<string[]> {
    const [rows] = await this.#connection.query(`SELECT id FROM platform_db.tenants WHERE status = 'active'`)
    return (rows as { id: string }[]).map((row) => row.id)
  }

  /** Applies what the database has not seen yet, in order. Throws when a migration it has applied was changed since. */
  async migrate(database: string, migrations: Migration[]): Promise<string[]> {
    await this.#connection.query(`USE ??; ${LEDGER}`, [database])
    const [rows] = await this.#connection.query('SELECT name, checksum FROM migrations')
    const applied = new Map(
      (rows as { name: string; checksum: string }[]).map((row) => [row.name, row.checksum]),
    )
    const changed = migrations.find((each) =>
      applied.has(each.name) && applied.get(each.name) !== each.checksum
    )
    if (changed) {
      throw new Error(
        `${database}: ${changed.name} was changed after it had been applied; migrations are append-only`,
      )
    }
    const pending = migrations.filter((each) => !applied.has(each.name))
    for (const { name, sql, checksum } of pending) {
      await this.#connection.query(
        `${sql.trim().replace(/;$/, '')};\nINSERT INTO migrations VALUES (?, ?, UTC_TIMESTAMP(3))`,
        [name, checksum],
      )
    }
    return pending.map((each) => each.name)
  }

  /** A user that may only read these tables or views: what the edge looks shops up with. */
  async grantRead(user: string, database: string, tables: string[]): Promise<void> {
    const password = databasePassword(this.#platformSecret, user)
    await this.#connection.query(
      `CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?; ALTER USER ?@'%' IDENTIFIED BY ?`,
      [user, password, user, password],
    )
    for (const table of tables) {
      await this.#connection.query(`GRANT SELECT ON ??.?? TO ?@'%'`, [database, table, user])
    }
  }
}
