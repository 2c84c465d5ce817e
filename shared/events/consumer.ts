import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import { newId } from '../kernel/id.ts'
import type { Log } from '../telemetry/log.ts'
import { Attempts } from './attempts.ts'
import { BatchSize } from './batch-size.ts'
import type { Broker } from './broker.ts'
import { type DeadLetter, RETRY_FOR } from './dead-letter.ts'
import { ensureConsumer, type Subscription } from './durable.ts'
import { DEAD_LETTERS, shardOf, shopOf } from './event.ts'
import { classify, type Failure, MAX_ATTEMPTS, NeverEnded } from './failure.ts'
import { Notes } from './notes.ts'
import { isMissing, type Streams } from './streams.ts'
import { Turns, type Work } from './turns.ts'

const PREFETCH = 128
const WORKING_EVERY_MS = 10_000
const REOPEN_MS = 500
/** How often an event that only a later release can read is looked at again: 20 to 40 s. */
const NEWER_AFTER_MS = 20_000
const TELL_AGAIN_MS = 3_600_000

/** Whole milliseconds: the server takes a delay with a fraction for none at all. */
const retryDelayMs = (attempt: number) =>
  Math.round(Math.min(60_000, 250 * 2 ** attempt) * (0.75 + Math.random() / 2))

/** `attempt` is there from the first time that it was begun. */
type Delivery = Work & { message: JsMsg; attempt?: number }

/**
 * Reads one durable consumer until `stop`: messages of one aggregate one after the other, shops in turn. What waits of
 * one shop is applied together, in one transaction, and acknowledged after it; where one of them fails, each by itself. What fails is tried again with growing delays and then becomes a dead letter; what can't be tried, as a
 * server is away or only a newer release knows the event, waits and uses up no attempt. The loop begins anew when the
 * stream or the consumer was lost.
 */
export class ConsumerLoop {
  readonly #broker: Pick<Broker, 'jetstream' | 'manager'>
  readonly #streams: Pick<Streams, 'suspect'>
  readonly #log: Log
  readonly #subscription: Subscription
  readonly #attempts: Attempts
  readonly #turns: Turns<Delivery>
  readonly #batchSize = new BatchSize()
  /** Everything that was delivered and has no answer yet. */
  readonly #open = new Set<JsMsg>()
  readonly #told = new Map<string, number>()
  #messages?: ConsumerMessages
  #stopped = false

  constructor(
    broker: Pick<Broker, 'jetstream' | 'manager'>,
    streams: Pick<Streams, 'suspect'>,
    subscription: Subscription,
    log: Log,
  ) {
    this.#broker = broker
    this.#streams = streams
    this.#subscription = subscription
    this.#log = log.with({ consumer: subscription.durable })
    this.#attempts = new Attempts(new Notes(broker))
    this.#turns = new Turns<Delivery>({
      run: (deliveries) => this.#run(deliveries),
      batch: () => this.#subscription.handleAll ? this.#batchSize.value : 1,
      refuse: ({ message, attempt }, afterMs) => {
        if (attempt === undefined) this.#attempts.untried(message)
        this.#letGo(message, afterMs)
      },
    })
  }

  async run(): Promise<void> {
    const working = setInterval(() => {
      for (const message of this.#open) message.working()
    }, WORKING_EVERY_MS)
    while (!this.#stopped) {
      try {
        await this.#consume()
      } catch (error) {
        if (this.#stopped) break
        this.#log.warn('consumer interrupted', { error: (error as Error).message })
        if (isMissing(error)) this.#streams.suspect()
        await new Promise((resolve) => setTimeout(resolve, REOPEN_MS))
      }
    }
    clearInterval(working)
  }

  /** Takes no more messages, gives back those that wait, and lets those at work come to their end. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#messages?.close().catch(() => {})
    await this.#turns.stop()
  }

  async #consume(): Promise<void> {
    const { stream, durable } = this.#subscription
    await ensureConsumer(this.#broker.manager!, this.#subscription)
    const consumer = await this.#broker.jetstream!.consumers.get(stream, durable)
    this.#messages = await consumer.consume({
      max_messages: PREFETCH,
      idle_heartbeat: 5_000,
      abort_on_missing_resource: true,
    })
    if (this.#stopped) return
    for await (const message of this.#messages) {
      this.#open.add(message)
      this.#turns.offer({
        shop: shopOf(message.subject),
        lane: laneOf(message),
        // What has failed before, or is for one consumer, would only make all others of its batch be tried again.
        isAlone: !this.#attempts.isFirst(message) || Boolean(message.headers?.get(RETRY_FOR)),
        message,
      })
      await this.#turns.room()
    }
  }

  /** Settles the messages, but for those that have to be kept, which it answers. */
  async #run(deliveries: Delivery[]): Promise<Delivery[]> {
    if (deliveries.length > 1 && await this.#handleAll(deliveries)) return []
    for (const [i, delivery] of deliveries.entries()) {
      if (await this.#handle(delivery) === 'away') return deliveries.slice(i)
    }
    return []
  }

  /** False when not one was applied: which of them fails is found out one by one. */
  async #handleAll(deliveries: Delivery[]): Promise<boolean> {
    const begun = performance.now()
    try {
      const outcome = await this.#subscription.handleAll!(deliveries.map(({ message }) => read(message)))
      if (outcome === 'orphaned') return false
    } catch (error) {
      this.#log.debug('a batch is handled one by one', { messages: deliveries.length, error })
      return false
    }
    this.#batchSize.took(performance.now() - begun, deliveries.length)
    for (const { message } of deliveries) {
      this.#attempts.applied(message)
      this.#settle(message, () => message.ack())
    }
    return true
  }

  /** Settles the message, whatever happens, unless it has to be kept: its shop's database is away. */
  async #handle(delivery: Delivery): Promise<'away' | void> {
    const { message } = delivery
    const { durable, stream } = this.#subscription
    const retryFor = message.headers?.get(RETRY_FOR)
    if (retryFor && retryFor !== durable) return this.#settle(message, () => message.ack())
    try {
      const attempt = delivery.attempt ??= this.#isDeadLetterQueue ? 1 : await this.#attempts.begin(message)
      if (attempt > MAX_ATTEMPTS) throw new NeverEnded()
      const outcome = await this.#subscription.handle(read(message))
      // Nobody is left to want it: not even kept for the rest of its age.
      if (outcome === 'orphaned') await this.#broker.manager!.streams.deleteMessage(stream, message.seq)
      if (retryFor) await this.#tell(message, attempt, 'applied')
      this.#settle(message, () => message.ack())
    } catch (error) {
      return await this.#fail(delivery, error)
    }
  }

  async #fail({ message, attempt = 1 }: Delivery, error: unknown): Promise<'away' | void> {
    const { subject } = message
    const ageMs = Date.now() - publishedAt(message).getTime()
    const verdict = classify(error, { attempt, ageMs })
    if (verdict === 'away') {
      this.#sayOnce(`away ${shopOf(subject)}`, 'events of a shop wait for a server that is away', {
        subject,
        error,
      })
      return 'away'
    }
    if (verdict === 'newer') {
      this.#sayOnce(`newer ${(error as Error).message}`, 'events wait for a newer release', {
        subject,
        error,
      })
      await this.#attempts.excuse(message, attempt).catch(() => {})
      return this.#letGo(message, Math.round(NEWER_AFTER_MS * (1 + Math.random())))
    }
    if (verdict === 'retry' || this.#isDeadLetterQueue) {
      this.#log.warn('event will be retried', { subject, attempt, error })
      return this.#letGo(message, retryDelayMs(attempt))
    }
    try {
      await this.#tell(message, attempt, verdict, error)
      this.#settle(message, () => message.term())
    } catch (notBuried) {
      this.#log.error('dead letter not kept yet', { subject, error: notBuried })
      this.#letGo(message, retryDelayMs(attempt))
    }
  }

  /** Throws when it could not be stored. What the error says is in the log alone, under the letter's id. */
  async #tell(message: JsMsg, attempts: number, what: Failure | 'applied', error?: unknown): Promise<void> {
    const { durable } = this.#subscription
    const { subject } = message
    const letter: DeadLetter = {
      id: newId('letter'),
      consumer: durable,
      subject,
      payload: message.string(),
      ...(what === 'applied' ? { reason: what, code: null, pointers: [] } : what),
      attempts: Math.min(attempts, MAX_ATTEMPTS),
      failed_at: new Date().toISOString(),
    }
    if (what !== 'applied') {
      const { id, reason, code } = letter
      this.#log.error('event became a dead letter', { letter: id, subject, reason, code, attempts, error })
    }
    await this.#broker.jetstream!.publish(
      `dead.${shardOf(subject)}.${shopOf(subject)}.${durable}`,
      JSON.stringify(letter),
      { msgID: `${durable}:${message.seq}:${message.info.timestampNanos}` },
    )
  }

  /** Where a message is redelivered for ever, until it can be stored: the dead letters themselves. */
  get #isDeadLetterQueue(): boolean {
    return this.#subscription.stream === DEAD_LETTERS
  }

  #letGo(message: JsMsg, afterMs: number): void {
    this.#settle(message, () => message.nak(afterMs))
  }

  #settle(message: JsMsg, answer: () => void): void {
    this.#open.delete(message)
    try {
      answer()
    } catch (error) {
      // It is delivered again, and the inbox knows it.
      this.#log.warn('answer not sent', { subject: message.subject, error })
    }
  }

  /** One line an hour for what concerns every event alike. */
  #sayOnce(key: string, text: string, fields: Record<string, unknown>): void {
    if ((this.#told.get(key) ?? 0) > Date.now()) return
    if (this.#told.size > 1_000) this.#told.clear()
    this.#told.set(key, Date.now() + TELL_AGAIN_MS)
    this.#log.warn(text, fields)
  }
}

const read = (message: JsMsg) => ({
  subject: message.subject,
  text: message.string(),
  publishedAt: publishedAt(message),
})

const publishedAt = ({ info }: JsMsg) => new Date(info.timestampNanos / 1e6)

/** CloudEvents' subject, read without parsing the whole: the envelope is ours and puts it before the data. */
function laneOf(message: JsMsg): string {
  const head = message.string().slice(0, 400)
  return /"subject":"([^"]+)"/.exec(head)?.[1] ?? message.subject
}
