import { headers } from '@nats-io/transport-node'
import { Problem } from '../errors/problem.ts'
import { newId } from '../kernel/id.ts'
import type { Broker } from './broker.ts'
import { RETRY_FOR } from './dead-letter.ts'
import { streamOf, subjectOf } from './event.ts'
import { isMissing } from './streams.ts'

/** How far one consumer is with the events of one shop. */
export type ShopQueue = {
  /** `<service>__<handler>`. */
  name: string
  event_type: string
  /** Events of the shop that the stream still keeps, applied ones included. */
  kept: number
  /** When the oldest one was published that the consumer has not been given yet; null: it has been given all. */
  waiting_since: Date | null
}

/** The part of the broker that one shop may see and use. A stream carries many shops: its own figures tell of others. */
export class ShopBroker {
  readonly #broker: Broker
  readonly #shop: { id: string; shard: string }

  constructor(broker: Broker, shop: { id: string; shard: string }) {
    this.#broker = broker
    this.#shop = shop
  }

  /**
   * Sends a stored event once more, for one consumer only. Refuses what is not an event of this shop. Throws
   * `unavailable` while the broker is away.
   */
  async republish(subject: string, text: string, consumer: string): Promise<void> {
    if (!isOwn(subject, this.#shop.id) || ownerOf(text) !== this.#shop.id) {
      throw new Error('not an event of this shop')
    }
    const target = headers()
    target.set(RETRY_FOR, consumer)
    await this.#asking(() =>
      this.#broker.jetstream!.publish(subject, text, { msgID: newId('retry'), headers: target })
    )
  }

  /** Every consumer of this shop's events. Throws `unavailable` while the broker is away. */
  async queues(): Promise<ShopQueue[]> {
    return await this.#asking(async () => {
      const { id, shard } = this.#shop
      const stream = streamOf(shard)
      const manager = this.#broker.manager!
      const { state } = await manager.streams.info(stream, { subjects_filter: subjectOf(shard, id, '>') })
      const infos = []
      for await (const info of manager.consumers.list(stream)) infos.push(info)
      return await Promise.all(infos.map(async ({ name, config, delivered }) => {
        const event_type = (config.filter_subject ?? '').split('.').slice(3).join('.')
        const subject = subjectOf(shard, id, event_type)
        const kept = state.subjects?.[subject] ?? 0
        return {
          name,
          event_type,
          kept,
          waiting_since: kept ? await this.#firstAfter(stream, subject, delivered.stream_seq) : null,
        }
      }))
    })
  }

  async #firstAfter(stream: string, subject: string, sequence: number): Promise<Date | null> {
    try {
      // The server knows `next_by_subj` here since 2.9; the client's type names it only for direct requests.
      const next = { seq: sequence + 1, next_by_subj: subject } as { seq: number }
      const found = await this.#broker.manager!.streams.getMessage(stream, next)
      return found?.time ?? null
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    if (!this.#broker.isUp) throw unavailable()
    try {
      return await ask()
    } catch (error) {
      if (isMissing(error) || /timeout|no responders|closed/i.test((error as Error).message)) {
        throw unavailable()
      }
      throw error
    }
  }
}

const unavailable = () => new Problem('unavailable', 'The message broker is away', {}, { 'retry-after': '2' })

/** The shard is not compared: a shop may have moved since the event was published. */
function isOwn(subject: string, tenant: string): boolean {
  const [root, , owner] = subject.split('.')
  return root === 'events' && owner === tenant && !/[*>\s]/.test(subject)
}

function ownerOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { tenantid?: unknown }).tenantid
  } catch {
    return undefined
  }
}
