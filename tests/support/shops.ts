import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import mysql from 'mysql2/promise'
import { edgeSecret } from '../../shared/auth/edge-notice.ts'
import { TENANT_TOKEN_HEADER, tenantTokenIssuer } from '../../shared/auth/tenant-token.ts'
import { databaseName } from '../../shared/db/databases.ts'
import { internalSecret } from '../../shared/kernel/secrets.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'
import { type Answer, send } from '../../tools/client/http.ts'
import { PlatformApi, type ShopRecord } from '../../tools/client/platform-api.ts'
import { checkAnswer } from './contract.ts'
import type { Running } from './global-setup.ts'

export const PASSWORD = 'Correct-Horse-7!'

type Through = 'region' | 'edge'
type ShopOptions = {
  plan?: Tenant['plan']
  name?: string
  currency?: string
  /** Net by default here: what most of these tests calculate with. */
  prices_include_vat?: boolean
  /** A platform of the test's own, where it kills processes; else the one all tests share. */
  on?: Running
}

/** Holds the platform's answers, too, against their contract. */
class CheckedPlatformApi extends PlatformApi {
  override async call(...request: Parameters<PlatformApi['call']>): Promise<Answer> {
    const answer = await super.call(...request)
    checkAnswer(request[0], request[1], answer)
    return answer
  }
}

export const operator = (on: Running = inject('platform')) =>
  new CheckedPlatformApi(on.regionUrl, on.operatorToken)
export const webhookCaller = (on: Running = inject('platform')) =>
  new CheckedPlatformApi(on.regionUrl, on.webhookSecret)

/** A shop of one's own, made as an operator makes it. Business plan, so that no quota is in the way of a test. */
export async function newShop(options: ShopOptions = {}): Promise<Shop> {
  const { plan = 'business', on = inject('platform') } = options
  const record = await operator(on).createShop({
    company_name: options.name ?? `Shop ${randomBytes(4).toString('hex')}`,
    plan,
    currency: options.currency ?? 'EUR',
    prices_include_vat: options.prices_include_vat ?? false,
    owner: { email: 'owner@example.com', first_name: 'Olga', last_name: 'Owner' },
  })
  const { currency = 'EUR', prices_include_vat = false } = options
  return new Shop(on, record, { plan, currency, prices_include_vat })
}

export class Shop {
  readonly id: string
  readonly domain: string
  readonly tenant: Tenant
  readonly on: Running
  #owner?: Promise<Client>

  constructor(
    on: Running,
    record: ShopRecord,
    { plan, currency, prices_include_vat = false }: Pick<Tenant, 'plan' | 'currency'> & Partial<Tenant>,
  ) {
    this.on = on
    this.id = record.id
    this.domain = record.domain
    this.tenant = {
      id: record.id,
      website: record.website,
      domain: record.domain,
      region: 'eu-west',
      shard: 's0',
      plan,
      status: 'active',
      locale: 'en',
      currency,
      prices_include_vat,
    }
  }

  /** Someone without an account. Requests go to the region as the edge sends them, or through the edge itself. */
  visitor(through: Through = 'region'): Client {
    return new Client(this, through)
  }

  async customer(
    email = `c-${randomBytes(6).toString('hex')}@example.com`,
    through: Through = 'region',
  ): Promise<Client> {
    const client = this.visitor(through)
    const { body } = await client.post('/v1/auth/register', {
      email,
      first_name: 'Alice',
      last_name: 'Martin',
      password: PASSWORD,
    }, 201)
    return client.withToken(body.access_token, body.user.id)
  }

  /** The first account of the shop: super-admin. Accepts its invitation at first; signs in again when it has to. */
  async owner(through: Through = 'region'): Promise<Client> {
    this.#owner ??= operator(this.on).inviteOwner(this.id).then((token) => this.accept(token))
    let owner = await this.#owner
    if ((await owner.get('/v1/auth/me')).status === 401) {
      this.#owner = this.signIn('owner@example.com')
      owner = await this.#owner
    }
    return this.visitor(through).withToken(owner.token!, owner.userId)
  }

  /** Chooses the password of an account that was invited, and signs in. */
  async accept(token: string, password = PASSWORD): Promise<Client> {
    const { body } = await this.visitor().post('/v1/auth/invitations/accept', { token, password }, 200)
    return this.visitor().withToken(body.access_token, body.user.id)
  }

  async signIn(email: string, through: Through = 'region', password = PASSWORD): Promise<Client> {
    const client = this.visitor(through)
    const { body } = await client.post('/v1/auth/login', { email, password }, 200)
    return client.withToken(body.access_token, body.user.id)
  }

  /** Staff with one role. */
  async staff(role: string): Promise<Client> {
    const owner = await this.owner()
    const email = `${role}-${randomBytes(4).toString('hex')}@example.com`
    const roles = [...new Set(['customer', role])]
    const user = { email, first_name: 'Sam', last_name: 'Staff', roles }
    const { body } = await owner.post('/v1/admin/users', user, 201)
    return await this.invited(owner, body.id)
  }

  /** Somebody whom this client of the shop invites. */
  async invited(by: Client, id: string): Promise<Client> {
    const { body } = await by.post(`/v1/admin/users/${id}/invitations`, undefined, 201)
    return await this.accept(body.token)
  }

  /** Asks a port of a service of this shop, as another service would. */
  async internal(path: string, body: unknown): Promise<Answer> {
    const issuer = tenantTokenIssuer(internalSecret(this.on.platformSecret), {
      issuer: 'test',
      audience: 'internal',
    })
    return await send({
      url: this.on.regionUrl,
      method: 'POST',
      path,
      body,
      headers: { [TENANT_TOKEN_HEADER]: await issuer(this.tenant) },
    })
  }

  /** Rows as they lie in the database of one service. */
  async rows<T = Record<string, unknown>>(
    service: string,
    sql: string,
    values: unknown[] = [],
  ): Promise<T[]> {
    const connection = await mysql.createConnection({
      uri: this.on.databaseUrl,
      database: databaseName(this.id, service),
      timezone: 'Z',
    })
    try {
      const [rows] = await connection.query(sql, values)
      return rows as T[]
    } finally {
      await connection.end()
    }
  }
}

const issuers = new Map<string, ReturnType<typeof tenantTokenIssuer>>()

/** The assertion that the edge would send. */
function assertionFor({ on, tenant }: Shop): Promise<string> {
  const known = issuers.get(on.platformSecret)
  if (known) return known(tenant)
  const issuer = tenantTokenIssuer(edgeSecret(on.platformSecret), { issuer: 'edge', audience: 'region' })
  issuers.set(on.platformSecret, issuer)
  return issuer(tenant)
}

type Extra = Record<string, string | undefined>

/** Sends requests as one person and holds every answer against its contract. */
export class Client {
  readonly shop: Shop
  readonly token?: string
  readonly userId?: string
  readonly #through: Through
  readonly #headers: Extra

  constructor(shop: Shop, through: Through, headers: Extra = {}, token?: string, userId?: string) {
    this.shop = shop
    this.#through = through
    this.#headers = headers
    this.token = token
    this.userId = userId
  }

  withToken(token: string, userId?: string): Client {
    return new Client(this.shop, this.#through, this.#headers, token, userId)
  }

  /** The same person with more headers on every request. */
  with(headers: Extra): Client {
    return new Client(this.shop, this.#through, { ...this.#headers, ...headers }, this.token, this.userId)
  }

  /** With `expected`, any other status fails the test with the answer's text. */
  get(path: string, expected?: number, headers?: Extra): Promise<Answer> {
    return this.call('GET', path, undefined, expected, headers)
  }
  post(path: string, body?: unknown, expected?: number, headers?: Extra): Promise<Answer> {
    return this.call('POST', path, body, expected, headers)
  }
  put(path: string, body?: unknown, expected?: number, headers?: Extra): Promise<Answer> {
    return this.call('PUT', path, body, expected, headers)
  }
  patch(path: string, body?: unknown, expected?: number, headers?: Extra): Promise<Answer> {
    return this.call('PATCH', path, body, expected, headers)
  }
  delete(path: string, expected?: number, headers?: Extra): Promise<Answer> {
    return this.call('DELETE', path, undefined, expected, headers)
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    expected?: number,
    headers: Extra = {},
  ): Promise<Answer> {
    const { regionUrl, edgeUrl } = this.shop.on
    const isEdge = this.#through === 'edge'
    const answer = await send({
      url: isEdge ? edgeUrl : regionUrl,
      host: this.shop.domain,
      method,
      path,
      body,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(!isEdge && { [TENANT_TOKEN_HEADER]: await assertionFor(this.shop) }),
        ...this.#headers,
        ...headers,
      },
    })
    checkAnswer(method, path, answer)
    if (expected !== undefined && answer.status !== expected) {
      throw new Error(
        `${method} ${path} answered ${answer.status} instead of ${expected}: ${answer.text.slice(0, 1_000)}`,
      )
    }
    return answer
  }
}
