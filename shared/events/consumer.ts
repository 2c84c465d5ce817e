import { AckPolicy, type ConsumerMessages, DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import { z } from '@hono/zod-openapi'
import { isUnavailable } from '../db/database.ts'
import { Problem } from '../errors/problem.ts'
import type { Log } from '../telemetry/log.ts'
import { type Broker, isMissing } from './broker.ts'
import { DEAD_LETTERS } from './event.ts'

/** A durable pull consumer: what it reads and what it does with one message. */
export type Subscription = {
  /** `<service>__<handler>`. */
  durable: string
  stream: string
  filter: string
  handle(message: { subject: string; text: string; attempt: number; publishedAt: Date }): Promise<void>
}

/** What is kept of a message that could not be applied; with `applied`, that a retry of it has been since. */
export type DeadLetter = {
  consumer: string
  subject: string
  payload: string
  reason: 'invalid' | 'refused' | 'exhausted' | 'applied'
  error: string
  attempts: number
  failed_at: string
}

/** On an event that is sent once more for one consumer, its durable name: every other lets it pass. */
export const RETRY_FOR = 'Retry-For'

/** A message that will never be applied, however often it is tried. */
export class InvalidMessage extends Error {}

const MAX_ATTEMPTS = 8
const CONCURRENCY = 32
const ACK_WAIT_MS = 30_000
const WORKING_EVERY_MS = 10_000

/** How often a message that nobody could apply because a server is away is tried again, without letting go of it. */
const AWAY_RETRY_MS = 1_000

/** Whole milliseconds: the server takes a delay with a fraction for none at all. */
const retryDelayMs = (attempt: number) =>
  Math.round(Math.min(60_000, 250 * 2 ** attempt) * (0.75 + Math.random() / 2))

/**
 * Reads one durable consumer until `stop`. Messages of one aggregate are handled one after the other, others side
 * by side. A message that crashes the process is counted by JetStream's delivery count: past the last attempt it
 * becomes a dead letter before its handler runs again. While a server is away messages are kept and wait for it, so
 * that an outage of any length uses up no attempt.
 */
export class ConsumerLoop {
  readonly #broker: Broker
  readonly #log: Log
  readonly #subscription: Subscription
  readonly #lanes = new Map<string, Promise<void>>()
  #messages?: ConsumerMessages
  #stopped = false
  #running = 0

  constructor(broker: Broker, subscription: Subscription, log: Log) {
    this.#broker = broker
    this.#subscription = subscription
    this.#log = log.with({ consumer: subscription.durable })
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#consume()
      } catch (error) {
        if (this.#stopped) return
        this.#log.warn('consumer interrupted', { error: (error as Error).message })
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    }
  }

  /** Takes no more messages and waits for those at work. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#messages?.close().catch(() => {})
    await Promise.allSettled(this.#lanes.values())
  }

  async #consume(): Promise<void> {
    const { stream, durable } = this.#subscription
    await ensureConsumer(this.#broker, this.#subscription)
    const consumer = await this.#broker.jetstream!.consumers.get(stream, durable)
    this.#messages = await consumer.consume({ max_messages: CONCURRENCY * 4, idle_heartbeat: 5_000 })
    if (this.#stopped) return
    for await (const message of this.#messages) {
      this.#dispatch(message)
      while (this.#running >= CONCURRENCY) await Promise.race(this.#lanes.values())
    }
  }

  #dispatch(message: JsMsg): void {
    const lane = laneOf(message)
    this.#running++
    const working = setInterval(() => message.working(), WORKING_EVERY_MS)
    const work = (this.#lanes.get(lane) ?? Promise.resolve())
      .then(() => this.#handle(message))
      .finally(() => {
        clearInterval(working)
        this.#running--
        if (this.#lanes.get(lane) === work) this.#lanes.delete(lane)
      })
    this.#lanes.set(lane, work)
  }

  async #handle(message: JsMsg): Promise<void> {
    const attempt = message.info.deliveryCount
    const retryFor = message.headers?.get(RETRY_FOR)
    if (retryFor && retryFor !== this.#subscription.durable) return message.ack()
    try {
      if (attempt > MAX_ATTEMPTS && !isDeadLetterQueue(this.#subscription)) {
        throw new Error('its handler never came to an end')
      }
      await this.#apply(message, attempt)
      if (retryFor) await this.#tell(message, attempt, 'applied', '')
      message.ack()
    } catch (error) {
      await this.#fail(message, attempt, error)
    }
  }

  async #apply(message: JsMsg, attempt: number): Promise<void> {
    const publishedAt = new Date(message.info.timestampNanos / 1e6)
    for (let isTold = false;; isTold = true) {
      try {
        return await this.#subscription.handle({
          subject: message.subject,
          text: message.string(),
          attempt,
          publishedAt,
        })
      } catch (error) {
        if (!isAway(error) || this.#stopped) throw error
        if (!isTold) {
          this.#log.warn('event waits for a server that is away', { subject: message.subject, error })
        }
        await new Promise((resolve) => setTimeout(resolve, AWAY_RETRY_MS))
      }
    }
  }

  async #fail(message: JsMsg, attempt: number, error: unknown): Promise<void> {
    const reason = isDeadLetterQueue(this.#subscription) ? 'retry' : classify(error, attempt)
    if (reason === 'retry') {
      this.#log.warn('event will be retried', { subject: message.subject, attempt, error })
      return message.nak(retryDelayMs(attempt))
    }
    try {
      this.#log.error('event became a dead letter', {
        subject: message.subject,
        reason,
        attempts: attempt,
        error,
      })
      await this.#tell(message, attempt, reason, describe(error))
      message.term()
    } catch (notBuried) {
      this.#log.error('dead letter not kept yet', { subject: message.subject, error: notBuried })
      message.nak(retryDelayMs(attempt))
    }
  }

  /** Throws when it could not be stored. */
  async #tell(message: JsMsg, attempts: number, reason: DeadLetter['reason'], error: string): Promise<void> {
    const { durable } = this.#subscription
    const [, shard, tenant] = message.subject.split('.')
    const letter: DeadLetter = {
      consumer: durable,
      subject: message.subject,
      payload: message.string(),
      reason,
      error,
      attempts,
      failed_at: new Date().toISOString(),
    }
    await this.#broker.jetstream!.publish(`dead.${shard}.${tenant}.${durable}`, JSON.stringify(letter), {
      msgID: `${durable}:${message.info.streamSequence}:${message.info.timestampNanos}`,
    })
  }
}

/** Where a message is redelivered for ever, until it can be stored: the dead letters themselves. */
const isDeadLetterQueue = (subscription: Subscription) => subscription.stream === DEAD_LETTERS

export async function ensureConsumer(broker: Broker, subscription: Subscription): Promise<void> {
  const { stream, durable, filter } = subscription
  const manager = broker.manager!
  try {
    const { config } = await manager.consumers.info(stream, durable)
    if (config.filter_subject !== filter) {
      await manager.consumers.update(stream, durable, { filter_subject: filter })
    }
  } catch (error) {
    if (!isMissing(error)) throw error
    await manager.consumers.add(stream, {
      durable_name: durable,
      filter_subject: filter,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: ACK_WAIT_MS * 1e6,
      max_deliver: -1,
      max_ack_pending: isDeadLetterQueue(subscription) ? 100 : 1_000,
    })
  }
}

/** CloudEvents' subject, read without parsing the whole: the envelope is ours and puts it before the data. */
function laneOf(message: JsMsg): string {
  const head = message.string().slice(0, 400)
  return /"subject":"([^"]+)"/.exec(head)?.[1] ?? message.subject
}

function classify(error: unknown, attempt: number): DeadLetter['reason'] | 'retry' {
  if (error instanceof InvalidMessage || error instanceof z.ZodError) return 'invalid'
  if (error instanceof Problem && error.status < 500 && error.code !== 'too_many_requests') return 'refused'
  if (isAway(error)) return 'retry'
  return attempt >= MAX_ATTEMPTS ? 'exhausted' : 'retry'
}

/** A database, or another service, that can't be reached now. */
const isAway = (error: unknown) =>
  isUnavailable(error) ||
  (error instanceof Problem && ['unavailable', 'upstream_timeout'].includes(error.code))

function describe(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error)
  return error instanceof Error ? `${error.name}: ${error.message.split('\nparams:')[0]}` : String(error)
}
