import type { JsMsg } from '@nats-io/jetstream'
import type { Notes } from './notes.ts'

/**
 * How often the handler of a message was begun, over all processes. JetStream's own count is of deliveries, and a
 * message is also delivered again when it was let go untried. Noted before a handler begins, so that one which takes
 * its process along counts too; a first delivery is an attempt without a note.
 */
export class Attempts {
  readonly #notes: Pick<Notes, 'read' | 'write'>
  readonly #untried = new Set<string>()

  constructor(notes: Pick<Notes, 'read' | 'write'>) {
    this.#notes = notes
  }

  /** The message is let go before anything was tried. Remembered here, it is a first delivery when it comes again. */
  untried(message: JsMsg): void {
    if (!this.isFirst(message)) return
    if (this.#untried.size >= MAX_UNTRIED) this.#untried.clear()
    this.#untried.add(nameOf(message))
  }

  /** The number of the attempt that begins now: 1 is the first. */
  async begin(message: JsMsg): Promise<number> {
    const isFirst = this.isFirst(message)
    this.#untried.delete(nameOf(message))
    if (isFirst) return 1
    const attempt = (await this.#notes.read(nameOf(message)) ?? 1) + 1
    await this.#notes.write(nameOf(message), attempt)
    return attempt
  }

  /** Its handler was never begun before, however often it was delivered. Costs nothing to ask. */
  isFirst(message: JsMsg): boolean {
    return message.info.deliveryCount === 1 || this.#untried.has(nameOf(message))
  }

  /** Applied together with others: nothing is left to be known of it. */
  applied(message: JsMsg): void {
    if (message.info.deliveryCount > 1) this.#untried.delete(nameOf(message))
  }

  /** What was begun turned out not to be an attempt. */
  async excuse(message: JsMsg, attempt: number): Promise<void> {
    await this.#notes.write(nameOf(message), attempt - 1)
  }
}

/** More than a consumer may have delivered without an answer. */
const MAX_UNTRIED = 20_000

/** The time tells messages apart that have the same number in streams of different generations. */
const nameOf = ({ info }: JsMsg) =>
  `attempts.${info.stream}.${info.consumer}.${info.streamSequence}-${info.timestampNanos}`
