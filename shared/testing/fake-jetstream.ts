import type { ConsumerMessages, JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { Log } from '../telemetry/log.ts'

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent }

type Answer = 'ack' | 'term' | { nak: number }
type Published = { subject: string; text: string; msgID?: string }

/** One delivery of a message, that remembers how it was answered. */
export class FakeMessage {
  answer?: Answer
  readonly subject: string
  readonly seq: number
  readonly headers?: Map<string, string>
  readonly info: {
    stream: string
    consumer: string
    streamSequence: number
    deliveryCount: number
    timestampNanos: number
  }
  readonly #text: string

  constructor(
    given: {
      subject: string
      text: string
      delivery?: number
      seq?: number
      publishedAt?: Date
      headers?: [string, string][]
    },
  ) {
    this.subject = given.subject
    this.#text = given.text
    this.seq = given.seq ?? 1
    if (given.headers) this.headers = new Map(given.headers)
    this.info = {
      stream: 'EVENTS_s0',
      consumer: 'c',
      streamSequence: this.seq,
      deliveryCount: given.delivery ?? 1,
      timestampNanos: (given.publishedAt ?? new Date()).getTime() * 1e6,
    }
  }

  string = () => this.#text
  working = () => {}
  ack = () => void (this.answer ??= 'ack')
  term = () => void (this.answer ??= 'term')
  nak = (ms = 0) => void (this.answer ??= { nak: ms })
}

/** What of JetStream the kernel uses, in memory: publishing, one consumer, and the notes. */
export class FakeJetStream {
  readonly published: Published[] = []
  readonly deleted: number[] = []
  readonly notes = new Map<string, string>()
  /** Replaces what publishing does: throws, waits. */
  onPublish: (subject: string) => Promise<void> = () => Promise.resolve()
  #push: (message: FakeMessage) => void = () => {}
  readonly #queue: FakeMessage[] = []

  deliver(message: FakeMessage): FakeMessage {
    this.#queue.push(message)
    this.#push(message)
    return message
  }

  readonly jetstream = {
    publish: async (subject: string, text: string, options: { msgID?: string } = {}) => {
      await this.onPublish(subject)
      if (subject.startsWith('notes.')) this.notes.set(subject, text)
      else this.published.push({ subject, text, ...options })
    },
    consumers: { get: () => Promise.resolve({ consume: () => Promise.resolve(this.#messages()) }) },
  } as unknown as JetStreamClient

  readonly manager = {
    consumers: {
      info: () => Promise.reject(new Error('consumer not found')),
      add: () => Promise.resolve(),
    },
    streams: {
      getMessage: (_: string, { last_by_subj }: { last_by_subj: string }) => {
        const text = this.notes.get(last_by_subj)
        if (text === undefined) return Promise.reject(new Error('no message found'))
        return Promise.resolve({ string: () => text })
      },
      deleteMessage: (_: string, seq: number) => Promise.resolve(void this.deleted.push(seq)),
    },
  } as unknown as JetStreamManager

  #messages(): ConsumerMessages {
    const queue = this.#queue
    let wake = () => {}
    let isClosed = false
    this.#push = () => wake()
    return {
      close: () => (isClosed = true, wake(), Promise.resolve()),
      async *[Symbol.asyncIterator]() {
        while (!isClosed) {
          const next = queue.shift()
          if (next) yield next as unknown as JsMsg
          else await new Promise<void>((resolve) => wake = resolve)
        }
      },
    } as unknown as ConsumerMessages
  }
}
