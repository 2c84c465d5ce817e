import { type JetStreamManager, type StreamConfig } from '@nats-io/jetstream'
import type { Log } from '../telemetry/log.ts'
import type { Broker } from './broker.ts'
import { DEAD_LETTERS, NOTES, streamOf } from './event.ts'

const DAY_NS = 24 * 3600 * 1e9
/** Longer than any consumer may lag; the outbox can refill it from then on. */
const EVENTS_AGE_NS = 7 * DAY_NS
const OTHERS_AGE_NS = 30 * DAY_NS
/** How often the streams are looked at although nothing seems to be wrong. */
const CHECK_EVERY_MS = 30_000
const RETRY_MS = 500

/**
 * The streams of every shard: made where they are missing, whenever the broker is there, something complains about
 * one, or half a minute has passed. A stream that was made anew has another generation, by which the outboxes know
 * what it doesn't hold.
 */
export class Streams {
  readonly #broker: Pick<Broker, 'isUp' | 'manager' | 'onUp' | 'onDown'>
  readonly #shards: string[]
  readonly #log: Log
  readonly #generations = new Map<string, number>()
  readonly #readyListeners: (() => void)[] = []
  readonly #downListeners: (() => void)[] = []
  #ready = false
  #running?: Promise<void>
  #isDue = false
  #timer?: ReturnType<typeof setTimeout>
  #stopped = false

  constructor(
    broker: Pick<Broker, 'isUp' | 'manager' | 'onUp' | 'onDown'>,
    shards: string[],
    log: Log,
  ) {
    this.#broker = broker
    this.#shards = shards
    this.#log = log
  }

  start(): void {
    this.#broker.onDown(() => {
      this.#ready = false
      for (const listener of this.#downListeners) listener()
    })
    this.#broker.onUp(() => this.suspect())
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  get shards(): readonly string[] {
    return this.#shards
  }

  /** The broker is there and so are all streams, as far as is known. */
  get isReady(): boolean {
    return this.#ready && this.#broker.isUp
  }

  /** When the stream of a shard was made, milliseconds since 1970 by the broker's clock; undefined until it is known. */
  generation(shard: string): number | undefined {
    return this.#generations.get(shard)
  }

  /** Runs each time that events can be sent again: after every connection and with every new stream. */
  onReady(listener: () => void): void {
    this.#readyListeners.push(listener)
    if (this.isReady) listener()
  }

  onDown(listener: () => void): void {
    this.#downListeners.push(listener)
  }

  /** Something was missing: look at once. Never throws and never waits. */
  suspect(): void {
    this.#isDue = true
    this.#running ??= this.#ensure().finally(() => this.#running = undefined)
  }

  async #ensure(): Promise<void> {
    clearTimeout(this.#timer)
    while (this.#isDue && this.#broker.isUp && !this.#stopped) {
      this.#isDue = false
      try {
        const wasReady = this.#ready
        const isNew = await this.#look(this.#broker.manager!)
        this.#ready = this.#broker.isUp
        if (this.#ready && (isNew || !wasReady)) { for (const listener of this.#readyListeners) listener() }
      } catch (error) {
        this.#log.warn('streams not ensured', { error: (error as Error).message })
        this.#isDue = true
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
    if (this.#stopped) return
    this.#timer = setTimeout(() => this.suspect(), CHECK_EVERY_MS)
    ;(this.#timer as { unref?: () => void }).unref?.()
  }

  /** True when a stream is another one than before. */
  async #look(manager: JetStreamManager): Promise<boolean> {
    let isNew = false
    const others = { max_age: OTHERS_AGE_NS }
    await ensureStream(manager, { ...others, name: DEAD_LETTERS, subjects: ['dead.>'] })
    await ensureStream(manager, { ...others, name: NOTES, subjects: ['notes.>'], max_msgs_per_subject: 1 })
    for (const shard of this.#shards) {
      const { generation, made } = await ensureStream(manager, {
        name: streamOf(shard),
        subjects: [`events.${shard}.>`],
        max_age: EVENTS_AGE_NS,
      })
      const known = this.#generations.get(shard)
      if (made) this.#log.warn('stream made', { stream: streamOf(shard), generation })
      if (known !== generation) isNew = true
      // One that was restored from a backup is older than what it replaces, and as incomplete as a new one.
      this.#generations.set(shard, generation)
    }
    return isNew
  }
}

type Wanted = Partial<StreamConfig> & { name: string; subjects: string[]; max_age: number }

async function ensureStream(manager: JetStreamManager, wanted: Wanted) {
  try {
    const { created } = await manager.streams.info(wanted.name)
    return { generation: Date.parse(created), made: false }
  } catch (error) {
    if (!isMissing(error)) throw error
    const { created } = await manager.streams.add({
      ...wanted,
      storage: 'file',
      duplicate_window: 120 * 1e9,
    })
    return { generation: Date.parse(created), made: true }
  }
}

/** JetStream's "stream not found", "consumer not found" and "message not found". */
export const isMissing = (error: unknown): boolean =>
  /not found|no message found/i.test((error as Error)?.message ?? '')

/** Nobody listens on the subject of a stream that isn't there. */
export const isWithoutStream = (error: unknown): boolean =>
  ['JetStreamNotEnabled', 'NoRespondersError', 'StreamNotFoundError'].includes((error as Error)?.name ?? '')
