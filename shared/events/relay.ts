import type { Database } from '../db/database.ts'
import type { Log } from '../telemetry/log.ts'
import type { Broker } from './broker.ts'
import { claimOverdue, markPublished, type OutboxRow } from './outbox.ts'

const MARK_AFTER_MS = 200
/** Beyond this many the rest is left to the sweep: the rows are safe in their outbox. */
const MAX_IN_FLIGHT = 4_096

type Pending = {
  database: Database
  ids: OutboxRow['id'][]
  /** When JetStream had the last of them. */
  at: Date
}

/**
 * Brings committed events to JetStream. The rows of a transaction are published from memory the moment it
 * has committed; whatever a crash or an outage left behind is found by `sweep`. A row may be published
 * twice: the stream drops a repeated `msgID` for two minutes, the inbox for good.
 */
export class Relay {
  readonly #broker: Broker
  readonly #log: Log
  readonly #published = new Map<Database, Pending>()
  #timer?: ReturnType<typeof setTimeout>
  #inFlight = 0

  constructor(broker: Broker, log: Log) {
    this.#broker = broker
    this.#log = log
  }

  /** Called after commit. Never throws and never waits. */
  committed(database: Database, rows: OutboxRow[]): void {
    if (!this.#broker.isUp || this.#inFlight + rows.length > MAX_IN_FLIGHT) return
    for (const row of rows) void this.#publish(database, row)
  }

  /** Publishes what is overdue in one database. Returns the number of rows. */
  async sweep(database: Database): Promise<number> {
    let total = 0
    while (this.#broker.isUp) {
      const rows = await database.transaction((executor) => claimOverdue(executor, new Date()))
      if (rows.length === 0) break
      await Promise.all(rows.map((row) => this.#publish(database, row)))
      total += rows.length
      await this.flush()
    }
    return total
  }

  /** Writes down what was published. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const pending = [...this.#published.values()]
    this.#published.clear()
    await Promise.all(pending.map(async ({ database, ids, at }) => {
      try {
        await markPublished(database.executor, ids, at)
      } catch (error) {
        this.#log.warn('published events not marked; they will be published again', { error })
      }
    }))
  }

  async #publish(database: Database, row: OutboxRow): Promise<void> {
    this.#inFlight++
    try {
      await this.#broker.jetstream!.publish(row.subject, row.envelope, { msgID: row.id })
      this.#note(database, row.id)
    } catch (error) {
      this.#log.warn('event not published yet', { event: row.id, error: (error as Error).message })
    } finally {
      this.#inFlight--
    }
  }

  #note(database: Database, id: OutboxRow['id']): void {
    const pending = this.#published.get(database)
    const at = new Date()
    if (pending) {
      pending.ids.push(id)
      pending.at = at
    } else {
      this.#published.set(database, { database, ids: [id], at })
    }
    this.#timer ??= setTimeout(() => void this.flush(), MARK_AFTER_MS)
  }
}
