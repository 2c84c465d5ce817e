import type { Database } from '../db/database.ts'
import type { Log } from '../telemetry/log.ts'
import { MARK_BATCH, markPublished, type OutboxRow } from './outbox.ts'

/** Well within the claim of a row: until then nobody else sends it. At 50 orders a second, one statement for 25. */
const MARK_AFTER_MS = 500
/** Databases written to at a time. */
const WRITERS = 8

type Mark = { database: Database; generation: number; ids: OutboxRow['id'][]; at: Date }

/** Writes down what was published, many rows of a database at once. */
export class Marks {
  readonly #log: Log
  #pending = new Map<Database, Mark[]>()
  #timer?: ReturnType<typeof setTimeout>

  constructor(log: Log) {
    this.#log = log
  }

  add(database: Database, generation: number, id: OutboxRow['id']): void {
    const marks = this.#pending.get(database) ?? []
    this.#pending.set(database, marks)
    const last = marks.at(-1)
    if (last && last.generation === generation && last.ids.length < MARK_BATCH) {
      last.ids.push(id)
      last.at = new Date()
    } else {
      marks.push({ database, generation, ids: [id], at: new Date() })
    }
    this.#timer ??= setTimeout(() => void this.flush(), MARK_AFTER_MS)
  }

  /** Never throws: what is not marked is published again, and dropped where it was applied. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const marks = [...this.#pending.values()].flat()
    this.#pending = new Map()
    await Promise.all(Array.from({ length: WRITERS }, async () => {
      for (let mark = marks.pop(); mark; mark = marks.pop()) await this.#write(mark)
    }))
  }

  async #write({ database, generation, ids, at }: Mark): Promise<void> {
    try {
      await markPublished(database.executor, ids, generation, at)
    } catch (error) {
      this.#log.warn('published events not marked; they will be published again', { error })
    }
  }
}
