import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Actor } from '../auth/actor.ts'
import { edgeSecret } from '../auth/edge-notice.ts'
import { identity } from './identity.ts'
import { decodeNews, SESSION_NEWS } from '../auth/session-news.ts'
import { TENANT_TOKEN_HEADER, tenantTokenVerifier } from '../auth/tenant-token.ts'
import { UserTokens } from './user-tokens.ts'
import type { Database } from '../db/database.ts'
import { databaseName, Databases, PLATFORM_DATABASE } from '../db/databases.ts'
import { DueWork } from '../db/due/due-work.ts'
import { Marks } from '../db/due/marks.ts'
import { Gateway, GATEWAY_PATH } from '../db/gateway.ts'
import { Pools } from '../db/pools.ts'
import { Roamer, ROAMING } from '../db/roamer.ts'
import { Problem, problemResponse } from '../errors/problem.ts'
import { Broker } from '../events/broker.ts'
import { Notes } from '../events/notes.ts'
import { type Place, Refill } from '../events/refill.ts'
import { Relay } from '../events/relay.ts'
import { Streams } from '../events/streams.ts'
import { createApp } from './app.ts'
import { docs } from './docs.ts'
import { newId } from '../kernel/id.ts'
import { plans } from '../kernel/plans.ts'
import { internalSecret, sameSecret } from '../kernel/secrets.ts'
import { createLog, type Log } from '../telemetry/log.ts'
import type { Config } from './config.ts'
import type { Origin } from '../service/context.ts'
import { directory, platformTenant } from '../service/directory.ts'
import { health, Readiness } from './health.ts'
import { EDGE_READER } from '../db/edge-reader.ts'
import { KnownTenants } from './known-tenants.ts'
import { Neighbours } from './neighbours.ts'
import { bearerOf, originOf } from './origin.ts'
import { portClient } from '../service/port.ts'
import { RequestContext } from './request-context.ts'
import { Scheduler } from './scheduler.ts'
import type { Service } from '../service/service.ts'
import { ShopDatabases } from './shops.ts'
import { Subscriptions } from './subscriptions.ts'
import type { Tenant } from '../kernel/tenant.ts'
import { Turnstile } from '../kernel/turnstile.ts'

/**
 * Requests at work at a time: in all, and of one shop while others ask too. A few keep a thread and their connections
 * busy; more of one shop would only stand before what another asks for. Who has to wait too long is told so.
 */
const REQUESTS = { width: 64, each: 3, alone: 64, waitMs: 10_000 }

type Hosted = { service: Service; fetch: OpenAPIHono['fetch'] }

/**
 * One region process: hosts all services or a part of them, over one set of connections. `fetch` answers the edge
 * and other processes; `start` begins to consume events and to run jobs.
 */
export class Host {
  readonly config: Config
  readonly log: Log
  readonly pools: Pools
  readonly databases: Databases
  readonly broker: Broker
  readonly streams: Streams
  readonly relay: Relay
  readonly #services: Service[]
  readonly #hosted = new Map<string, Hosted>()
  readonly #owners = new Map<string, Service>()
  readonly #providerOf = new Map<string, Hosted>()
  readonly #roamer = new Roamer()
  readonly #userTokens = new UserTokens()
  readonly #requests = new Turnstile<string>({
    ...REQUESTS,
    busy: (ms) =>
      new Problem('unavailable', 'Too much is asked of this shop at this moment', {}, {
        'retry-after': String(Math.ceil(ms / 1000)),
      }),
  })
  readonly #platform: Tenant
  readonly #scheduler: Scheduler
  readonly #subscriptions: Subscriptions
  readonly #refill: Refill
  readonly #shops: ShopDatabases
  readonly #readiness: Readiness
  readonly #gateway: Gateway
  readonly #neighbours: Neighbours
  readonly #tenants: KnownTenants
  readonly #fromEdge: (token: string) => Promise<Tenant | undefined>
  readonly #fromService: (token: string) => Promise<Tenant | undefined>

  constructor(registry: Service[], config: Config) {
    this.config = config
    this.#services = registry.filter((service) => !config.SERVICES || config.SERVICES.includes(service.name))
    this.log = createLog(config.LOG_LEVEL, { region: config.REGION })
    this.pools = new Pools({ cap: config.MAX_CONNECTIONS - ROAMING })
    const { hostname, port } = new URL(config.DATABASE_URL)
    const server = { host: hostname, port: Number(port || 3306) }
    this.databases = new Databases(this.pools, server, config.PLATFORM_SECRET)
    const dueWork = new DueWork(this.databases.platform())
    this.databases.marks = new Marks({ dueWork, log: this.log, promiseMs: config.SWEEP_EVERY_MS })
    const readers = { [EDGE_READER.user]: EDGE_READER.database }
    this.#gateway = new Gateway({
      pools: this.pools,
      server,
      platformSecret: config.PLATFORM_SECRET,
      readers,
    })
    this.broker = new Broker(config.NATS_URL, this.log)
    this.#readiness = new Readiness({
      databases: this.databases,
      pools: this.pools,
      broker: this.broker,
      operatorToken: config.OPERATOR_TOKEN,
    })
    this.streams = new Streams(this.broker, config.SHARDS, this.log)
    this.relay = new Relay(this.broker, this.streams, this.log)
    this.#platform = platformTenant(config.REGION, config.SHARDS[0]!)
    this.#tenants = new KnownTenants(async (id) =>
      (await this.#portOf('host', this.#platform, directory, newId('req')).find({ tenant: id })).tenant
    )
    this.#fromEdge = tenantTokenVerifier(edgeSecret(config.PLATFORM_SECRET), 'region')
    this.#fromService = tenantTokenVerifier(internalSecret(config.PLATFORM_SECRET), 'internal')
    this.#neighbours = new Neighbours(config, {
      has: (service) => this.#hosted.has(service),
      fetch: (request) => this.fetch(request),
    })
    this.#shops = new ShopDatabases(registry, config, {
      databases: this.databases,
      roamer: this.#roamer,
      broker: this.broker,
      log: this.log,
      seed: async (service, tenant, seed) =>
        await service.seed?.(this.systemContext(service, tenant, 'seed'), seed),
    })
    for (const service of registry) {
      for (const resource of service.resources) this.#owners.set(resource, service)
    }
    for (const service of this.#services) {
      const hosted = { service, fetch: createApp(service).fetch }
      this.#hosted.set(service.name, hosted)
      for (const { port } of service.provides) this.#providerOf.set(port.name, hosted)
    }
    this.#scheduler = new Scheduler(this.#services, {
      dueWork,
      databases: this.databases,
      roamer: this.#roamer,
      relay: this.relay,
      log: this.log,
      platform: this.#platform,
      tenants: () => this.tenants(),
      tenant: (id) => this.#tenants.get(id),
      databaseOf: (service, tenant) => this.#databaseOf(service, tenant),
      contextOf: (service, tenant, job) => this.systemContext(service, tenant, job),
    })
    this.#subscriptions = new Subscriptions(this.#services, {
      broker: this.broker,
      streams: this.streams,
      log: this.log,
      tenant: (id) => this.#tenants.get(id),
      contextOf: (service, tenant, name, origin) => this.systemContext(service, tenant, name, origin),
    })
    this.#refill = new Refill({
      streams: this.streams,
      notes: new Notes(this.broker),
      relay: this.relay,
      log: this.log,
      services: this.#services.map((service) => service.name),
      places: (shard, services) => this.#outboxes(shard, services),
    })
  }

  start(): void {
    this.broker.onBroadcast(SESSION_NEWS, (text) => {
      const news = decodeNews(text)
      if (news) this.#userTokens.forget(news)
    })
    this.broker.onBroadcast('tenants', (tenant) => this.#tenants.forget(tenant))
    this.streams.onReady(() =>
      void this.#scheduler.sweep().catch((error) => this.log.warn('sweep failed', { error }))
    )
    this.streams.start()
    this.#refill.start()
    this.#subscriptions.start()
    this.#scheduler.start(this.config.SWEEP_EVERY_MS)
  }

  /** Stops taking work, lets what runs come to its end, and closes every connection. */
  async stop(): Promise<void> {
    await Promise.all([this.#subscriptions.stop(), this.#scheduler.stop(), this.#refill.stop()])
    await this.relay.stop()
    this.streams.stop()
    await Promise.all([this.broker.close(), this.#roamer.close()])
    await this.pools.close()
  }

  /** Answers a request of the edge, or of another region process. */
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    const [first, second, third] = pathname.split('/', 4).slice(1)
    const origin = originOf(request)
    try {
      if (first === 'internal') return await this.#internal(request, second ?? '', origin)
      if (first === 'platform') return await this.#platformRequest(request, third ?? '', origin)
      if (first === 'v1') {
        return await this.#shopRequest(request, (second === 'admin' ? third : second) ?? '', origin)
      }
      if (first === GATEWAY_PATH) return await this.#gateway.fetch(request)
      if (first === 'docs' || first === 'openapi.json') return await docs(request)
      if (pathname === '/health') return health()
      if (pathname === '/ready') return await this.#readiness.answer(bearerOf(request))
      throw new Problem('not_found')
    } catch (error) {
      if (!(error instanceof Problem)) {
        this.log.error('request failed', { path: pathname, request_id: origin.id, error })
      }
      return problemResponse(error instanceof Problem ? error : new Problem('internal_error'), origin.id)
    }
  }

  /** What a consumer, a job or a tool works with. */
  systemContext(service: Service, tenant: Tenant, name: string, origin?: Partial<Origin>): RequestContext {
    const id = origin?.id ?? newId('req')
    return this.#context(service, tenant, { type: 'system', name: `${service.name}.${name}` }, {
      id,
      correlationId: id,
      ...origin,
    })
  }

  async tenants(): Promise<Tenant[]> {
    const { tenants } = await this.#portOf('host', this.#platform, directory, newId('req')).list({})
    return tenants
  }

  /** Brings the databases of one shop to this release; answers what was applied. */
  async upgrade(tenant: string): Promise<{ database: string; names: string[] }[]> {
    const { applied } = await this.#portOf('host', this.#platform, directory, newId('req')).upgrade({
      tenant,
    })
    return applied
  }

  async #shopRequest(request: Request, resource: string, origin: Origin): Promise<Response> {
    const tenant = await this.#fromEdge(request.headers.get(TENANT_TOKEN_HEADER) ?? '')
    if (!tenant) throw new Problem('unknown_shop')
    const owner = this.#ownerOf(resource, 'tenant')
    const hosted = this.#hosted.get(owner)
    if (!hosted) return await this.#neighbours.forward(owner, request)
    const token = bearerOf(request)
    const actor: Actor = token === undefined
      ? { type: 'visitor' }
      : await this.#userTokens.actor(token, tenant, () => this.#portOf(owner, tenant, identity, origin.id))
    return await this.#answer(hosted, request, tenant, actor, origin)
  }

  async #platformRequest(request: Request, resource: string, origin: Origin): Promise<Response> {
    const owner = this.#ownerOf(resource, 'platform')
    const hosted = this.#hosted.get(owner)
    if (!hosted) return await this.#neighbours.forward(owner, request)
    return await this.#answer(hosted, request, this.#platform, this.#platformActor(bearerOf(request)), origin)
  }

  /** The service that a path belongs to; a shop's API doesn't have the platform's resources, nor the other way. */
  #ownerOf(resource: string, scope: Service['scope']): string {
    const owner = this.#owners.get(resource)
    if (owner?.scope !== scope) throw new Problem('not_found')
    return owner.name
  }

  #platformActor(token: string | undefined): Actor {
    if (token === undefined) return { type: 'visitor' }
    if (sameSecret(token, this.config.OPERATOR_TOKEN)) return { type: 'operator' }
    if (sameSecret(token, this.config.WEBHOOK_SECRET)) return { type: 'webhook' }
    throw new Problem('invalid_token')
  }

  async #internal(request: Request, port: string, origin: Origin): Promise<Response> {
    const tenant = await this.#fromService(request.headers.get(TENANT_TOKEN_HEADER) ?? '')
    const hosted = this.#providerOf.get(port)
    if (!tenant || !hosted) throw new Problem('not_found')
    return await this.#answer(hosted, request, tenant, { type: 'system', name: port }, origin)
  }

  async #answer(
    hosted: Hosted,
    request: Request,
    tenant: Tenant,
    actor: Actor,
    origin: Origin,
  ): Promise<Response> {
    const ctx = this.#context(hosted.service, tenant, actor, origin)
    const started = performance.now()
    const response = await hosted.fetch(request, { ctx })
    response.headers.set('x-request-id', origin.id)
    ctx.log.info('request', {
      service: hosted.service.name,
      method: request.method,
      path: new URL(request.url).pathname,
      status: response.status,
      ms: Math.round((performance.now() - started) * 10) / 10,
    })
    return response
  }

  #context(service: Service, tenant: Tenant, actor: Actor, origin: Origin): RequestContext {
    const means = {
      service: service.name,
      needs: service.needs,
      caller: this.#neighbours.callerOf(service.name),
      relay: this.relay,
      broker: this.broker,
      log: this.log,
      platformSecret: this.config.PLATFORM_SECRET,
      requests: this.#requests,
      config: this.config.services[service.name],
      ...(service.scope === 'platform' && { shops: this.#shops }),
    }
    return new RequestContext(means, { tenant, actor, origin, database: this.#databaseOf(service, tenant) })
  }

  #databaseOf(service: Service, tenant: Tenant): Database {
    if (service.scope === 'platform') return this.databases.platform()
    return this.databases.ofTenant(tenant.id, service.name, plans[tenant.plan].max_connections)
  }

  #portOf<P extends typeof identity | typeof directory>(
    from: string,
    tenant: Tenant,
    port: P,
    requestId: string,
  ) {
    return portClient(port, this.#neighbours.callerOf(from), { tenant, requestId })
  }

  /** Where events of a shard may be written: the databases of its shops, and the platform's, which has all shops'. */
  async #outboxes(shard: string, services: string[]): Promise<Place[]> {
    const tenants = (await this.tenants()).filter((tenant) => tenant.shard === shard)
    return this.#services.filter(({ name }) => services.includes(name)).flatMap((service) =>
      (service.scope === 'platform' ? [this.#platform] : tenants).map((tenant) => ({
        service: service.name,
        name: service.scope === 'platform' ? PLATFORM_DATABASE : databaseName(tenant.id, service.name),
        database: this.#databaseOf(service, tenant),
      }))
    )
  }
}
