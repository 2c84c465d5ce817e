import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import { DEAD_LETTERS } from './event.ts'
import { isMissing } from './streams.ts'

export type Message = { subject: string; text: string; publishedAt: Date }

/** A durable pull consumer: what it reads and what it does with a message. */
export type Subscription = {
  /** `<service>__<handler>`. */
  durable: string
  stream: string
  filter: string
  /** `orphaned`: the shop is gone, and the message is to go too. */
  handle(message: Message): Promise<'orphaned' | void>
  /** Messages of one shop, in their order: all of them or, when it throws, none. */
  handleAll?(messages: Message[]): Promise<'orphaned' | void>
}

const ACK_WAIT_MS = 30_000
/** So many may be delivered without an answer: a shop whose events are put off must not fill it up. */
const MAX_PENDING = 10_000
const MAX_PENDING_LETTERS = 100

/**
 * Makes the consumer where it isn't there. What it reads never changes: while releases take turns, processes of both
 * read it, and each would have the other's events. A handler that reads something else needs another name.
 */
export async function ensureConsumer(manager: JetStreamManager, subscription: Subscription): Promise<void> {
  const { stream, durable, filter } = subscription
  const max_ack_pending = stream === DEAD_LETTERS ? MAX_PENDING_LETTERS : MAX_PENDING
  const found = await infoOf(manager, subscription)
  if (!found) {
    await manager.consumers.add(stream, {
      durable_name: durable,
      filter_subject: filter,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: ACK_WAIT_MS * 1e6,
      max_deliver: -1,
      max_ack_pending,
    })
  } else if (found.filter_subject !== filter) {
    throw new Error(
      `${durable} reads ${found.filter_subject}: a handler that reads ${filter} needs another name`,
    )
  } else if (found.max_ack_pending !== max_ack_pending) {
    await manager.consumers.update(stream, durable, { max_ack_pending })
  }
}

async function infoOf(
  manager: JetStreamManager,
  { stream, durable }: Subscription,
): Promise<ConsumerConfig | undefined> {
  try {
    return (await manager.consumers.info(stream, durable)).config
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}
