import { jetstream, type JetStreamClient, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Log } from '../telemetry/log.ts'
import { DEAD_LETTERS, streamOf } from './event.ts'

const DAY_NS = 24 * 3600 * 1e9
/** Longer than any consumer may lag; the outbox can refill it from then on. */
const EVENTS_AGE_NS = 7 * DAY_NS
const DEAD_LETTERS_AGE_NS = 30 * DAY_NS

/**
 * The connection to NATS. It may be away when a process starts and at any time later: `ready` settles when
 * it is first there, `onUp` runs at that time and after each reconnection.
 */
export class Broker {
  readonly #log: Log
  readonly #upListeners: (() => void)[] = []
  readonly #broadcastListeners = new Map<string, ((body: string) => void)[]>()
  #connection?: NatsConnection
  #client?: JetStreamClient
  #manager?: JetStreamManager
  #closed = false

  constructor(url: string, log: Log) {
    this.#log = log
    this.#run(url).catch((error) => this.#closed || log.error('broker failed', { error }))
  }

  /** Undefined while NATS was never reached. */
  get jetstream(): JetStreamClient | undefined {
    return this.#client
  }
  get manager(): JetStreamManager | undefined {
    return this.#manager
  }
  get isUp(): boolean {
    return this.#connection !== undefined && !this.#connection.isClosed() && this.#up
  }
  #up = false

  onUp(listener: () => void): void {
    this.#upListeners.push(listener)
    if (this.isUp) listener()
  }

  /** Tells every process of the platform at once, this one even without NATS; not kept for those that are away. */
  broadcast(topic: string, body = ''): void {
    for (const listener of this.#broadcastListeners.get(topic) ?? []) listener(body)
    if (this.isUp) this.#connection?.publish(`control.${topic}`, body)
  }

  onBroadcast(topic: string, listener: (body: string) => void): void {
    this.#broadcastListeners.set(topic, [...(this.#broadcastListeners.get(topic) ?? []), listener])
    this.onFirstUp(() => {
      const subscription = this.#connection!.subscribe(`control.${topic}`)
      void (async () => {
        for await (const message of subscription) listener(message.string())
      })()
    })
  }

  onFirstUp(listener: () => void): void {
    let ran = false
    this.onUp(() => {
      if (!ran) listener()
      ran = true
    })
  }

  /** Lets handlers finish and acknowledgements leave. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#connection && !this.#connection.isClosed()) await this.#connection.drain().catch(() => {})
  }

  async #run(url: string): Promise<void> {
    const { username, password, host } = new URL(url)
    this.#connection = await connect({
      servers: host,
      ...(username && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      name: 'collect-verything',
      noAsyncTraces: true,
    })
    this.#manager = await this.#untilReady(() => jetstreamManager(this.#connection!))
    this.#client = jetstream(this.#connection)
    this.#announce()
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') {
        this.#up = false
        this.#log.warn('broker away')
      }
      if (status.type === 'reconnect') this.#announce()
    }
  }

  async #untilReady<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        if (this.#closed) throw error
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    }
  }

  #announce(): void {
    this.#up = true
    this.#log.info('broker connected')
    for (const listener of this.#upListeners) listener()
  }
}

/** Makes the streams that are not there; returns the shards whose stream had to be made. */
export async function ensureStreams(manager: JetStreamManager, shards: string[]): Promise<string[]> {
  const made: string[] = []
  for (const shard of shards) {
    const created = await ensureStream(manager, streamOf(shard), [`events.${shard}.>`], EVENTS_AGE_NS)
    if (created) made.push(shard)
  }
  await ensureStream(manager, DEAD_LETTERS, ['dead.>'], DEAD_LETTERS_AGE_NS)
  return made
}

async function ensureStream(manager: JetStreamManager, name: string, subjects: string[], max_age: number) {
  try {
    await manager.streams.info(name)
    return false
  } catch (error) {
    if (!isMissing(error)) throw error
    await manager.streams.add({ name, subjects, max_age, storage: 'file', duplicate_window: 120 * 1e9 })
    return true
  }
}

/** JetStream's "stream not found" and "consumer not found". */
export const isMissing = (error: unknown): boolean => /not found/i.test((error as Error)?.message ?? '')
