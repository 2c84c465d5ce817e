import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise'
import { Problem } from '../errors/problem.ts'
import { databaseName, databasePassword, userName } from './databases.ts'
import { applyMigrations, type Migration } from './ledger.ts'

export { type Migration, readMigrations } from './ledger.ts'

/** Every right on its own database, none anywhere else. */
const RIGHTS = 'SELECT, INSERT, UPDATE, DELETE'

/** While it holds a lock, the server ends this connection when it has been idle so long: its process stands still. */
const IDLE_S = 10
/** How long a lock that another process holds is waited for: longer than that. */
const LOCK_WAIT_S = 20
/** A change of a table in use gives up after so long: while it waits for old transactions, new ones wait for it. */
const TABLE_WAIT_S = 10

/** The account that makes and removes databases and their users. One connection, one task at a time. */
export class DatabaseAdmin {
  readonly #connection: Connection
  readonly #platformSecret: string
  #asPattern?: (database: string) => string

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
    await connection.query(`SET SESSION lock_wait_timeout = ${TABLE_WAIT_S}`)
    return new DatabaseAdmin(connection, platformSecret)
  }

  async close(): Promise<void> {
    await this.#connection.end().catch(() => {})
  }

  /**
   * Runs `work` while nobody else who asks for `lock` does. The lock is this connection's: a process that stands still
   * for longer than `IDLE_S` loses both, so that nothing it does through this object afterwards reaches the server.
   */
  async exclusively<T>(lock: string, work: () => Promise<T>): Promise<T> {
    const name = `collect-verything/${lock}`
    await this.#connection.query('SET SESSION wait_timeout = ?', [IDLE_S])
    const [row] = await this.#rows('SELECT GET_LOCK(?, ?) AS held', [name, LOCK_WAIT_S])
    if (row?.held !== 1) throw new Problem('unavailable', `Another process is working on ${lock}`)
    try {
      return await work()
    } finally {
      await this.#connection.query('DO RELEASE_LOCK(?); SET SESSION wait_timeout = DEFAULT', [name])
        .catch(() => {}) // lost with its lock
    }
  }

  /** Makes a database and the one user that can see it. Again without harm; resets the user's password and rights. */
  async create(database: string): Promise<void> {
    await this.#connection.query(
      'CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
      [
        database,
      ],
    )
    await this.#grant(database)
  }

  /**
   * Makes a database for `maker`, or takes up one that it made before, and says so in there until `release`. Throws when
   * there is one of that name with somebody else's tables.
   */
  async createFor(maker: string, database: string): Promise<void> {
    if (await this.#standing(maker, database) === 'foreign') {
      throw new Problem('conflict', `The database ${database} is there already, made by somebody else`)
    }
    await this.create(database)
    await this.#connection.query('CREATE TABLE IF NOT EXISTS ??.?? (x BIT)', [database, markOf(maker)])
  }

  /** From now on the database doesn't belong to its maker any more: `dropOf` leaves it alone. */
  async release(maker: string, database: string): Promise<void> {
    await this.#connection.query('DROP TABLE IF EXISTS ??.??', [database, markOf(maker)])
  }

  /** Removes a database and its user if `maker` made it and has not released it, or if it is empty. */
  async dropOf(maker: string, database: string): Promise<void> {
    if (await this.#standing(maker, database) !== 'foreign') await this.drop(database)
  }

  /** Removes a database and its user, if they are there. */
  async drop(database: string): Promise<void> {
    await this.#connection.query(`DROP DATABASE IF EXISTS ??; DROP USER IF EXISTS ?@'%'`, [
      database,
      userName(database),
    ])
  }

  /** The databases of a tenant: those of services that only another release has, too. */
  async databasesOf(tenant: string): Promise<string[]> {
    const [begin, end] = databaseName(tenant, '*').split('*') as [string, string]
    const rows = await this.#rows(
      'SELECT schema_name AS name FROM information_schema.schemata WHERE LEFT(schema_name, ?) = ?',
      [begin.length, begin],
    )
    // Of names that begin alike: the rest of another tenant's has digits or another underscore in it.
    const service = /^[a-z]+$/
    return rows.map((row) => String(row.name))
      .filter((name) => name.endsWith(end) && service.test(name.slice(begin.length, -end.length)))
  }

  /** Applies what the database has not seen yet, in order, and goes on where an interrupted run stopped: ledger.ts. */
  migrate(database: string, migrations: Migration[]): Promise<string[]> {
    return applyMigrations(this.#connection, database, migrations)
  }

  /** A user that may only read these tables or views: what the edge looks shops up with. */
  async grantRead(user: string, database: string, tables: string[]): Promise<void> {
    await this.#createUser(user)
    for (const table of tables) {
      await this.#connection.query(`GRANT SELECT ON ??.?? TO ?@'%'`, [database, table, user])
    }
  }

  async #standing(maker: string, database: string): Promise<'free' | 'own' | 'foreign'> {
    const rows = await this.#rows(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
      [database],
    )
    if (rows.length === 0) return 'free'
    return rows.some((row) => row.name === markOf(maker)) ? 'own' : 'foreign'
  }

  /** In the name of a database in a GRANT `_` and `%` stand for any character: unescaped it opens neighbours' databases. */
  async #grant(database: string): Promise<void> {
    const user = userName(database)
    this.#asPattern ??= await this.#patterns()
    const pattern = this.#asPattern(database)
    await this.#createUser(user)
    await this.#connection.query(`GRANT ${RIGHTS} ON ${quoted(pattern)}.* TO ?@'%'`, [user])
    const granted = await this.#rows(`SELECT Db AS name FROM mysql.db WHERE User = ? AND Host = '%'`, [user])
    for (const { name } of granted) {
      if (name !== pattern) {
        await this.#connection.query(`REVOKE ALL PRIVILEGES ON ${quoted(name)}.* FROM ?@'%'`, [user])
      }
    }
  }

  /** With MySQL's partial revokes names in grants are no patterns. */
  async #patterns(): Promise<(database: string) => string> {
    const [variable] = await this.#rows(`SHOW VARIABLES LIKE 'partial\\_revokes'`)
    return variable?.Value === 'ON' ? (name) => name : (name) => name.replace(/[_%]/g, '\\$&')
  }

  async #createUser(user: string): Promise<void> {
    const password = databasePassword(this.#platformSecret, user)
    await this.#connection.query(
      `CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?; ALTER USER ?@'%' IDENTIFIED BY ?`,
      [user, password, user, password],
    )
  }

  async #rows(sql: string, values: unknown[] = []): Promise<RowDataPacket[]> {
    const [rows] = await this.#connection.query<RowDataPacket[]>(sql, values)
    return rows
  }
}

/** A table that says whose work a database still is. Made in one statement: it is there with its name or not at all. */
const markOf = (maker: string) => `being_made_by_${maker}`

const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``
