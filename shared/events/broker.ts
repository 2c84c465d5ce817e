import { jetstream, type JetStreamClient, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Log } from '../telemetry/log.ts'

/**
 * The connection to NATS. It may be away when a process starts and at any time later: `onUp` runs when it is first
 * there and after each reconnection, `onDown` whenever it is lost.
 */
export class Broker {
  readonly #log: Log
  readonly #upListeners: (() => void)[] = []
  readonly #downListeners: (() => void)[] = []
  readonly #broadcastListeners = new Map<string, ((body: string) => void)[]>()
  #connection?: NatsConnection
  #client?: JetStreamClient
  #manager?: JetStreamManager
  #closed = false
  #up = false

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

  onUp(listener: () => void): void {
    this.#upListeners.push(listener)
    if (this.isUp) listener()
  }

  onDown(listener: () => void): void {
    this.#downListeners.push(listener)
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
      if (status.type === 'disconnect') this.#lost()
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

  #lost(): void {
    if (!this.#up) return
    this.#up = false
    if (!this.#closed) this.#log.warn('broker away')
    for (const listener of this.#downListeners) listener()
  }
}
