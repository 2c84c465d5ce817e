import type { Broker } from '../events/broker.ts'
import { ConsumerLoop } from '../events/consumer.ts'
import { DeadLetter } from '../events/dead-letter.ts'
import type { Message, Subscription } from '../events/durable.ts'
import { DEAD_LETTERS, type Envelope, shopOf, streamOf } from '../events/event.ts'
import { InvalidMessage, NewerVersion } from '../events/failure.ts'
import { countNew } from '../events/inbox.ts'
import type { Streams } from '../events/streams.ts'
import type { Log } from '../telemetry/log.ts'
import type { Origin } from '../service/context.ts'
import type { RequestContext } from './request-context.ts'
import type { Consumer, Service } from '../service/service.ts'
import type { Tenant } from '../kernel/tenant.ts'

type EventConsumer = Consumer & { kind: 'event' }

type Means = {
  broker: Pick<Broker, 'onFirstUp' | 'jetstream' | 'manager'>
  streams: Pick<Streams, 'shards' | 'suspect'>
  log: Log
  /** Undefined when the shop is gone. */
  tenant: (id: string) => Promise<Tenant | undefined>
  contextOf: (
    service: Service,
    tenant: Tenant,
    name: string,
    origin: Partial<Origin>,
  ) => Pick<RequestContext, 'joinAll'>
}

/** Connects services' consumers to the streams of every shard, as soon as the broker is there. */
export class Subscriptions {
  readonly #services: Service[]
  readonly #means: Means
  #loops: ConsumerLoop[] = []

  constructor(services: Service[], means: Means) {
    this.#services = services
    this.#means = means
  }

  start(): void {
    const { broker, streams, log } = this.#means
    broker.onFirstUp(() => {
      this.#loops = this.all().map((each) => new ConsumerLoop(broker, streams, each, log))
      for (const loop of this.#loops) void loop.run()
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()))
  }

  /** One for each consumer of events and shard, one for each consumer of dead letters. */
  all(): Subscription[] {
    return this.#services.flatMap((service) =>
      service.consumers.flatMap((consumer) => this.#of(service, consumer))
    )
  }

  #of(service: Service, consumer: Consumer): Subscription[] {
    const durable = `${service.name}__${consumer.name}`
    if (consumer.kind === 'dead-letters') {
      return [{
        durable,
        stream: DEAD_LETTERS,
        filter: 'dead.>',
        handle: (message) => this.#bury(service, consumer, message),
      }]
    }
    return this.#means.streams.shards.map((shard) => ({
      durable,
      stream: streamOf(shard),
      filter: `events.${shard}.*.${consumer.event.type}`,
      handle: (message) => this.#apply(service, consumer, durable, [message]),
      handleAll: (messages) => this.#apply(service, consumer, durable, messages),
    }))
  }

  /** Applies messages of one shop in one transaction, in their order. Of several not one may be known already. */
  async #apply(
    service: Service,
    consumer: EventConsumer,
    durable: string,
    messages: Message[],
  ): Promise<'orphaned' | void> {
    const events = messages.map((message) => readEvent(consumer, message))
    const tenant = await this.#means.tenant(events[0]!.tenantid)
    // A shop that is gone took its databases along: nothing is left to apply the event to.
    if (!tenant) return this.#orphaned(messages[0]!.subject)
    const ctx = this.#means.contextOf(service, tenant, consumer.name, originOf(events[0]!))
    await ctx.joinAll(async (joined) => {
      const ids = events.map(({ id }) => id as `evt_${string}`)
      const fresh = await countNew(joined.db, durable, ids, joined.now())
      if (fresh === 0 && events.length === 1) return
      if (fresh < events.length) throw new Error('some events of a batch are applied already')
      for (const event of events) {
        await consumer.handle(joined.causedBy(originOf(event)), event as Envelope<never>)
      }
    })
  }

  async #bury(
    service: Service,
    consumer: Consumer & { kind: 'dead-letters' },
    message: { subject: string; text: string },
  ): Promise<'orphaned' | void> {
    const letter = readLetter(message.text)
    // Nothing of ours, and nobody's to show.
    if (!letter) return this.#means.log.error('not a dead letter', { subject: message.subject })
    const tenant = await this.#means.tenant(shopOf(message.subject))
    if (!tenant) return this.#orphaned(message.subject)
    await consumer.handle(this.#means.contextOf(service, tenant, consumer.name, {}) as RequestContext, letter)
  }

  #orphaned(subject: string): 'orphaned' {
    this.#means.log.info('message of a deleted shop', { subject })
    return 'orphaned'
  }
}

const originOf = ({ id, correlationid, traceparent }: Envelope): Partial<Origin> => ({
  correlationId: correlationid,
  causationId: id,
  traceparent,
})

/** Throws InvalidMessage for what is no event of the subject's shop and type, NewerVersion for one of a later release. */
function readEvent(
  { event: known }: EventConsumer,
  { subject, text }: { subject: string; text: string },
): Envelope {
  const event = parseEnvelope(text)
  if (shopOf(subject) !== event.tenantid) throw new InvalidMessage('wrong_shop')
  if (event.type !== known.type) throw new InvalidMessage('wrong_type')
  if (event.dataversion > known.version) throw new NewerVersion(event.type, event.dataversion)
  const data = known.data.safeParse(event.data)
  if (!data.success) throw new InvalidMessage('schema_mismatch', data.error.issues)
  return { ...event, data: data.data }
}

/** What an inbox can keep. */
const EVENT_ID = /^evt_[0-7][0-9a-hjkmnp-tv-z]{25}$/

function parseEnvelope(text: string): Envelope {
  try {
    const envelope = JSON.parse(text) as Envelope
    if (
      envelope?.specversion === '1.0' && EVENT_ID.test(envelope.id) && envelope.tenantid && envelope.data &&
      typeof envelope.dataversion === 'number'
    ) return envelope
  } catch {
    // Falls through to the refusal.
  }
  throw new InvalidMessage('not_an_event')
}

function readLetter(text: string): DeadLetter | undefined {
  try {
    return DeadLetter.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
