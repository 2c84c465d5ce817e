import type { Database } from '../db/database.ts'
import type { Log } from '../telemetry/log.ts'
import type { Broker } from './broker.ts'
import { shardOf } from './event.ts'
import { FairQueue } from '../kernel/fair-queue.ts'
import { Marks } from './marks.ts'
import { claimOverdue, claimOwn, type OutboxRow } from './outbox.ts'
import { isWithoutStream, type Streams } from './streams.ts'

/** Sent and not acknowledged at a time, over all databases: 13,500 messages a second on loopback. */
const WINDOW = 256
/** Rows held in memory until it is their turn, of one database and of all; the rest is known by its id only. */
const MAX_HELD_OF_ONE = 512
const MAX_HELD = 4_096
/** Ids of rows to be read again once they can be sent. Beyond it a row waits for the end of its claim. */
const MAX_BEHIND = 50_000
const BEHIND_BATCH = 200
/** Databases read at a time when there is something to catch up with. */
const READERS = 4
const RETRY_MS = 1_000
/** How long a process that ends waits for its last acknowledgements. */
const DRAIN_MS = 3_000

type Held = { row: OutboxRow; settled?: (isSent: boolean) => void }

/**
 * Brings committed events to JetStream. The rows of a transaction are published from memory the moment it has
 * committed, databases taking turns. What can't be sent now, as the broker is away or too much waits, is remembered by
 * its id and read again as soon as it can be; what a crash left behind is found by `sweep`. A row may be published
 * twice: the stream drops a repeated `msgID` for two minutes, the inbox for good.
 */
export class Relay {
  readonly #broker: Pick<Broker, 'jetstream'>
  readonly #streams: Pick<Streams, 'isReady' | 'generation' | 'suspect' | 'onReady' | 'onDown'>
  readonly #log: Log
  readonly #marks: Marks
  readonly #held = new FairQueue<Database, Held>()
  readonly #behind = new Map<Database, Set<OutboxRow['id']>>()
  readonly #giveUp = new Set<() => void>()
  #behindSize = 0
  #inFlight = 0
  #isCatchingUp = false
  #isFailing = false
  #retry?: ReturnType<typeof setTimeout>

  constructor(
    broker: Pick<Broker, 'jetstream'>,
    streams: Pick<Streams, 'isReady' | 'generation' | 'suspect' | 'onReady' | 'onDown'>,
    log: Log,
  ) {
    this.#broker = broker
    this.#streams = streams
    this.#log = log
    this.#marks = new Marks(log)
    streams.onReady(() => void this.#catchUp())
    // Acknowledgements on their way are lost with the connection: waiting for them would only take time.
    streams.onDown(() => {
      for (const giveUp of this.#giveUp) giveUp()
    })
  }

  /** Rows: held, sent without an answer yet, and to be read again. */
  get figures(): { held: number; in_flight: number; behind: number } {
    return { held: this.#held.size, in_flight: this.#inFlight, behind: this.#behindSize }
  }

  /** Called after commit. Never throws and never waits. */
  committed(database: Database, rows: OutboxRow[]): void {
    for (const row of rows) {
      if (this.#streams.isReady && this.#hasRoom(database)) this.#held.add(database, { row })
      else this.#leave(database, row.id)
    }
    this.#pump()
  }

  /** Publishes what is overdue in one database. Returns the number of rows. */
  async sweep(database: Database): Promise<number> {
    let total = 0
    while (this.#streams.isReady) {
      const rows = await database.transaction((executor) => claimOverdue(executor, new Date()))
      if (rows.length === 0) break
      total += rows.length
      if (!await this.send(database, rows)) break
    }
    return total
  }

  /** Publishes rows that were claimed, and marks them. False when some could not be sent: they are tried again. */
  async send(database: Database, rows: OutboxRow[]): Promise<boolean> {
    const sent = rows.map((row) =>
      new Promise<boolean>((settled) => this.#held.add(database, { row, settled }))
    )
    this.#pump()
    const isAllSent = (await Promise.all(sent)).every(Boolean)
    await this.#marks.flush()
    return isAllSent
  }

  /** Lets what is under way come to its end, and writes down what was published. */
  async stop(): Promise<void> {
    clearTimeout(this.#retry)
    const end = Date.now() + DRAIN_MS
    while (this.#streams.isReady && this.#held.size + this.#inFlight > 0 && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    for (const { settled } of this.#held.clear()) settled?.(false)
    clearTimeout(this.#retry)
    await this.#marks.flush()
  }

  #hasRoom(database: Database): boolean {
    return this.#held.size < MAX_HELD && this.#held.sizeOf(database) < MAX_HELD_OF_ONE &&
      // Behind others of its own that wait: its events leave in their order.
      !this.#behind.has(database)
  }

  #pump(): void {
    while (this.#inFlight < WINDOW) {
      const next = this.#held.take()
      if (!next) return
      void this.#publish(next.key, next.item)
    }
  }

  async #publish(database: Database, { row, settled }: Held): Promise<void> {
    this.#inFlight++
    const isSent = await this.#attempt(database, row)
    this.#inFlight--
    if (!isSent) this.#leave(database, row.id)
    settled?.(isSent)
    this.#pump()
    if (this.#behind.has(database) && this.#held.sizeOf(database) === 0 && !this.#isFailing) {
      void this.#catchUp()
    }
  }

  async #attempt(database: Database, row: OutboxRow): Promise<boolean> {
    const generation = this.#streams.generation(shardOf(row.subject))
    if (!this.#streams.isReady || generation === undefined) return false
    let giveUp = () => {}
    const lost = new Promise<never>((_, reject) =>
      giveUp = () => reject(new Error('the connection was lost'))
    )
    this.#giveUp.add(giveUp)
    try {
      const publishing = this.#broker.jetstream!.publish(row.subject, row.envelope, { msgID: row.id })
      await Promise.race([publishing, lost])
      this.#marks.add(database, generation, row.id)
      this.#isFailing = false
      return true
    } catch (error) {
      if (!this.#isFailing) this.#log.warn('events not published yet', { event: row.id, error })
      this.#isFailing = true
      if (isWithoutStream(error)) this.#streams.suspect()
      return false
    } finally {
      this.#giveUp.delete(giveUp)
    }
  }

  #leave(database: Database, id: OutboxRow['id']): void {
    const ids = this.#behind.get(database) ?? new Set()
    this.#behind.set(database, ids)
    if (this.#behindSize < MAX_BEHIND && !ids.has(id)) {
      ids.add(id)
      this.#behindSize++
    }
    this.#tryLater()
  }

  #tryLater(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      void this.#catchUp()
    }, RETRY_MS)
    ;(this.#retry as { unref?: () => void }).unref?.()
  }

  /** Reads again what could not be sent, a batch of one database after another's. */
  async #catchUp(): Promise<void> {
    if (this.#isCatchingUp || !this.#streams.isReady) return
    this.#isCatchingUp = true
    await Promise.all(Array.from({ length: READERS }, () => this.#read()))
    this.#isCatchingUp = false
    if (this.#behind.size > 0) this.#tryLater()
  }

  async #read(): Promise<void> {
    while (this.#streams.isReady) {
      const [next] = this.#behind
      if (!next) return
      const [database, known] = next
      const ids = [...known].slice(0, BEHIND_BATCH)
      for (const id of ids) known.delete(id)
      this.#behindSize -= ids.length
      this.#behind.delete(database)
      if (known.size > 0) this.#behind.set(database, known)
      if (!await this.#resend(database, ids)) return
    }
  }

  async #resend(database: Database, ids: OutboxRow['id'][]): Promise<boolean> {
    if (ids.length === 0) return true
    try {
      const rows = await database.transaction((executor) => claimOwn(executor, ids, new Date()))
      return await this.send(database, rows)
    } catch (error) {
      this.#log.warn('outbox not read; tried again', { error })
      for (const id of ids) this.#leave(database, id)
      return false
    }
  }
}
