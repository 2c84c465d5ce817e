import type { Database } from '../db/database.ts'
import type { Log } from '../telemetry/log.ts'
import type { Notes } from './notes.ts'
import { claimLost, type OutboxRow, type RefillPosition, type RefillSpan } from './outbox.ts'
import type { Relay } from './relay.ts'
import type { Streams } from './streams.ts'

/** Less than an inbox remembers: 14 days. Older events have left their outboxes. */
const REFILL_MS = 7 * 24 * 3600 * 1000
/** How far the clocks of processes may differ. */
const SKEW_MS = 5_000
/** A shop that is being made shows in the list of shops within this time. */
const SETTLE_MS = 30_000
const ROUND_MS = 1_000
/** Databases read at a time, and batches of one before others have their turn. */
const READERS = 4
const BATCHES = 5

/** One service's database of one shop, or of the platform. */
export type Place = { service: string; name: string; database: Database }

/** `rests` is when one that failed is tried again. */
type Progress = {
  at: RefillPosition
  unsettled?: OutboxRow['id']
  isDone: boolean
  failures: number
  rests: number
}

type Means = {
  streams: Pick<Streams, 'shards' | 'generation' | 'onReady'>
  notes: Pick<Notes, 'read' | 'write'>
  relay: Pick<Relay, 'send'>
  log: Log
  /** The services of this process. */
  services: string[]
  /** All outboxes of these services that may hold events of a shard. */
  places: (shard: string, services: string[]) => Promise<Place[]>
  settleMs?: number
}

/**
 * Publishes again what a new stream doesn't have. Every row of an outbox tells which generation of its stream has it,
 * so that a process that is killed loses nothing but its position, and others may do the same work: each claims the
 * rows it sends. A service is done with a generation when all its outboxes have been read to the end and nothing that
 * was written before is still on its way; that is noted beside the streams, for processes that start later.
 */
export class Refill {
  readonly #means: Means
  readonly #running = new Map<string, Promise<void>>()
  #stopped = false

  constructor(means: Means) {
    this.#means = means
  }

  start(): void {
    this.#means.streams.onReady(() => {
      for (const shard of this.#means.streams.shards) this.#begin(shard)
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.allSettled(this.#running.values())
  }

  #begin(shard: string): void {
    if (this.#running.has(shard) || this.#stopped) return
    this.#running.set(shard, this.#untilDone(shard).finally(() => this.#running.delete(shard)))
  }

  async #untilDone(shard: string): Promise<void> {
    const { streams, log } = this.#means
    let done: number | undefined
    while (!this.#stopped && done !== streams.generation(shard)) {
      const generation = streams.generation(shard)!
      try {
        if (await this.#run(shard, generation)) done = generation
      } catch (error) {
        log.warn('refill interrupted', { shard, error })
        await pause()
      }
    }
  }

  /** False when it was stopped, or the stream is another one by now. */
  async #run(shard: string, generation: number): Promise<boolean> {
    const began = Date.now()
    const span = {
      shard,
      generation,
      since: new Date(began - REFILL_MS),
      before: new Date(began + SKEW_MS),
    }
    const progress = new Map<string, Progress>()
    let services = await this.#undone(shard, generation)
    let published = 0
    while (services.length > 0) {
      if (this.#stopped || this.#means.streams.generation(shard) !== generation) return false
      const places = await this.#means.places(shard, services)
      const left = places.filter(({ name }) => {
        const own = progress.get(name)
        return !own?.isDone && (own?.rests ?? 0) < Date.now()
      })
      await Promise.all(Array.from({ length: READERS }, async () => {
        for (let place = left.pop(); place && !this.#stopped; place = left.pop()) {
          const own = progress.get(place.name) ?? { at: undefined, isDone: false, failures: 0, rests: 0 }
          progress.set(place.name, own)
          published += await this.#turn(place, own, span)
        }
      }))
      const isOver = places.every((place) => progress.get(place.name)?.isDone)
      if (isOver && Date.now() > began + (this.#means.settleMs ?? SETTLE_MS)) {
        for (const service of services) await this.#means.notes.write(noteOf(shard, service), generation)
        this.#means.log.info('stream filled from the outboxes', { shard, services, published })
        return true
      }
      await pause()
      services = await this.#undone(shard, generation)
    }
    return true
  }

  async #undone(shard: string, generation: number): Promise<string[]> {
    const { services, notes } = this.#means
    const done = await Promise.all(services.map((service) => notes.read(noteOf(shard, service))))
    return services.filter((_, i) => done[i] !== generation)
  }

  /** Some batches of one outbox. One that can't be read now holds up no other. Returns how many events were sent. */
  async #turn({ name, database }: Place, progress: Progress, span: RefillSpan): Promise<number> {
    let published = 0
    try {
      for (let i = 0; i < BATCHES && !this.#stopped; i++) {
        const found = await database.transaction((executor) =>
          claimLost(executor, span, progress.at, new Date())
        )
        progress.unsettled ??= found.unsettled
        // Those that were not sent are claimed for a while, and found from here once more.
        if (!await this.#means.relay.send(database, found.rows)) return published
        published += found.rows.length
        progress.at = found.last && { id: found.last, isNext: false }
        if (found.last) continue
        progress.isDone = progress.unsettled === undefined
        progress.at = progress.unsettled && { id: progress.unsettled, isNext: true }
        progress.unsettled = undefined
        return published
      }
    } catch (error) {
      progress.rests = Date.now() + Math.min(60_000, ROUND_MS * 2 ** progress.failures++)
      this.#means.log.warn('outbox not read for its stream', { database: name, error })
    }
    return published
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, ROUND_MS))
const noteOf = (shard: string, service: string) => `refilled.${shard}.${service}`
