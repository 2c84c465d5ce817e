import { type Broker, ensureStreams } from '../events/broker.ts'
import { ConsumerLoop, type DeadLetter, InvalidMessage, type Subscription } from '../events/consumer.ts'
import { DEAD_LETTERS, type Envelope, streamOf } from '../events/event.ts'
import { firstTime } from '../events/inbox.ts'
import type { Log } from '../telemetry/log.ts'
import type { Origin } from '../service/context.ts'
import type { RequestContext } from './request-context.ts'
import type { Consumer, Service } from '../service/service.ts'
import type { Tenant } from '../kernel/tenant.ts'

type Means = {
  broker: Broker
  log: Log
  shards: string[]
  tenant: (id: string) => Promise<Tenant | undefined>
  contextOf: (service: Service, tenant: Tenant, name: string, origin: Partial<Origin>) => RequestContext
  refill: (shards: string[]) => Promise<void>
}

/** Connects services' consumers to the streams of every shard, as soon as and whenever the broker is there. */
export class Subscriptions {
  readonly #services: Service[]
  readonly #means: Means
  #loops: ConsumerLoop[] = []

  constructor(services: Service[], means: Means) {
    this.#services = services
    this.#means = means
  }

  start(): void {
    this.#means.broker.onUp(() => void this.#ensure())
    this.#means.broker.onFirstUp(() => {
      const subscriptions = this.#services.flatMap((service) =>
        service.consumers.flatMap((consumer) => this.#subscriptionsOf(service, consumer))
      )
      this.#loops = subscriptions.map((each) => new ConsumerLoop(this.#means.broker, each, this.#means.log))
      for (const loop of this.#loops) void loop.run()
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()))
  }

  /** A broker that lost its streams gets them back, with what the outboxes remember. */
  async #ensure(): Promise<void> {
    try {
      const made = await ensureStreams(this.#means.broker.manager!, this.#means.shards)
      if (made.length > 0) await this.#means.refill(made)
    } catch (error) {
      this.#means.log.warn('streams not ensured', { error: (error as Error).message })
    }
  }

  #subscriptionsOf(service: Service, consumer: Consumer): Subscription[] {
    const durable = `${service.name}__${consumer.name}`
    if (consumer.kind === 'dead-letters') {
      return [{
        durable,
        stream: DEAD_LETTERS,
        filter: 'dead.>',
        handle: (message) => this.#bury(service, consumer, message.text),
      }]
    }
    return this.#means.shards.map((shard) => ({
      durable,
      stream: streamOf(shard),
      filter: `events.${shard}.*.${consumer.event.type}`,
      handle: (message) => this.#apply(service, consumer, durable, message),
    }))
  }

  async #apply(
    service: Service,
    consumer: Consumer & { kind: 'event' },
    durable: string,
    message: { subject: string; text: string },
  ): Promise<void> {
    const event = parseEnvelope(message.text)
    if (message.subject.split('.')[2] !== event.tenantid) {
      throw new InvalidMessage('the subject names another shop')
    }
    if (event.dataversion > consumer.event.version) {
      throw new InvalidMessage(`version ${event.dataversion} is not known here`)
    }
    const data = consumer.event.data.parse(event.data)
    const tenant = await this.#means.tenant(event.tenantid)
    // A shop that is gone took its databases along: nothing is left to apply the event to.
    if (!tenant) {
      return this.#means.log.info('event of a deleted shop', { type: event.type, tenant: event.tenantid })
    }
    const ctx = this.#means.contextOf(service, tenant, consumer.name, {
      correlationId: event.correlationid,
      causationId: event.id,
      traceparent: event.traceparent,
    })
    await ctx.joinAll(async (joined) => {
      if (!await firstTime(joined.db, durable, event.id, joined.now())) return
      await consumer.handle(joined, { ...event, data } as Envelope<never>)
    })
  }

  async #bury(service: Service, consumer: Consumer & { kind: 'dead-letters' }, text: string): Promise<void> {
    const letter = JSON.parse(text) as DeadLetter
    const tenant = await this.#means.tenant(letter.subject.split('.')[2] ?? '')
    if (!tenant) return this.#means.log.info('dead letter of a deleted shop', { subject: letter.subject })
    await consumer.handle(this.#means.contextOf(service, tenant, consumer.name, {}), letter)
  }
}

function parseEnvelope(text: string): Envelope {
  try {
    const envelope = JSON.parse(text) as Envelope
    if (envelope?.specversion === '1.0' && envelope.id && envelope.tenantid && envelope.data) return envelope
  } catch {
    // Falls through to the refusal.
  }
  throw new InvalidMessage('not a CloudEvents envelope')
}
