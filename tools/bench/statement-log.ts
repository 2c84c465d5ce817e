import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise'

/** One command as the server got it. */
export type Sent = {
  /** Milliseconds since 1970, with their fraction, by the clock of the server's machine. */
  at: number
  connection: number
  /** The database user: one for each shop and service, `userName` of shared/db/databases.ts. */
  user: string
  text: string
}

/** `statements` are all but BEGIN, COMMIT, ROLLBACK and SET; `commits` are transactions, and writes outside of one. */
export type Count = { statements: number; commits: number }
export type Counts = {
  /** Sent for the answer. */
  before: Count
  /** Sent because of it by what nobody waits for: consumers of its events, marks of the outbox, work begun after it. */
  after: Count
}

/**
 * What region processes send to the database server, from the server's own general log: nothing that reaches it is left
 * out, whatever driver or pool sends it. For a server of one's own: it writes down what all of its users do.
 */
export class StatementLog {
  readonly #connection: Connection

  private constructor(connection: Connection) {
    this.#connection = connection
  }

  static async open(databaseUrl: string): Promise<StatementLog> {
    const connection = await mysql.createConnection({ uri: databaseUrl, timezone: 'Z' })
    await connection.query("SET GLOBAL log_output = 'TABLE'")
    const log = new StatementLog(connection)
    await log.clear()
    await connection.query('SET GLOBAL general_log = ON')
    return log
  }

  async clear(): Promise<void> {
    await this.#connection.query('TRUNCATE mysql.general_log')
  }

  /** All since the last `clear`, in the order in which the server got it; none of its administrators' own. */
  async read(): Promise<Sent[]> {
    const [rows] = await this.#connection.query<RowDataPacket[]>(
      `SELECT thread_id AS connection, SUBSTRING_INDEX(user_host, '[', 1) AS user,
         UNIX_TIMESTAMP(event_time) * 1000 AS at, CONVERT(argument USING utf8mb4) AS text
       FROM mysql.general_log WHERE command_type IN ('Query', 'Execute') AND user_host NOT LIKE 'root[%'`,
    )
    return rows.map(({ connection, user, at, text }) => ({
      at: Number(at),
      connection: Number(connection),
      user: String(user),
      text: String(text),
    }))
  }

  async close(): Promise<void> {
    await this.#connection.query('SET GLOBAL general_log = OFF')
    await this.#connection.end()
  }
}

/** `answeredAt`: when the answer was there, in milliseconds since 1970. */
export function countsOf(sent: Sent[], answeredAt: number): Counts {
  const counts: Counts = { before: { statements: 0, commits: 0 }, after: { statements: 0, commits: 0 } }
  for (const unit of unitsOf(sent)) {
    if (unit.statements.length === 0 || unit.statements.every(isUpkeep)) continue
    const count = isFollowUp(unit) || unit.begun > answeredAt ? counts.after : counts.before
    count.statements += unit.statements.length
    if (unit.commits) count.commits++
  }
  return counts
}

/** A transaction, or a statement outside of one. */
type Unit = { begun: number; statements: string[]; commits: boolean }

function unitsOf(sent: Sent[]): Unit[] {
  const units: Unit[] = []
  const open = new Map<number, Unit>()
  /** Not known yet to be of a transaction: one that began without being told to, on a connection without autocommit. */
  const loose = new Map<number, Sent[]>()
  const letGo = (connection: number) => {
    for (const { at, text } of loose.get(connection) ?? []) {
      units.push({ begun: at, statements: [text], commits: isWrite(text) })
    }
    loose.delete(connection)
  }
  const end = (connection: number, commits: boolean) => {
    const pending = loose.get(connection) ?? []
    const unit = open.get(connection) ??
      (pending[0] && { begun: pending[0].at, statements: pending.map(({ text }) => text), commits: false })
    if (unit) units.push({ ...unit, commits })
    open.delete(connection)
    loose.delete(connection)
  }
  const looking = new Set<number>()
  for (const each of sent) {
    const { at, connection, text } = each
    if (/^\s*set\b/i.test(text)) {
      looking[LIMITED.test(text) ? 'add' : 'delete'](connection)
      letGo(connection)
    } else if (looking.has(connection)) {
      continue
    } else if (/^\s*(begin|start transaction)\b/i.test(text)) {
      letGo(connection)
      open.set(connection, { begun: at, statements: [], commits: false })
    } else if (/^\s*(commit|rollback)\b/i.test(text)) {
      end(connection, /^\s*commit/i.test(text))
    } else if (open.has(connection)) {
      open.get(connection)!.statements.push(text)
    } else {
      loose.set(connection, [...loose.get(connection) ?? [], each])
    }
  }
  for (const connection of [...loose.keys()]) letGo(connection)
  return [...units, ...open.values()]
}

/** How the scheduler's own connections begin, which look through databases for what is due. */
const LIMITED = /max_(statement|execution)_time = \d/
const isWrite = (text: string) => /^\s*(insert|update|delete|replace)\b/i.test(text)
/** Sent by the scheduler in its own time, and by whoever has it remember a database. */
const isUpkeep = (text: string) => /\bdue_work\b/i.test(text)
/** A consumer's transaction, or what the relay writes down. However fast these are, no answer waits for them. */
const isFollowUp = ({ statements }: Unit) =>
  statements.some((text) => /^\s*insert (ignore )?into `?inbox`?/i.test(text)) ||
  statements.every((text) => /^\s*(update|delete from|select\b.* from) `?outbox`?/is.test(text))
