import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import mysql from 'mysql2/promise'
import { inject } from 'vitest'
import type { Ctx } from '../../services/baskets/needs.ts'
import baskets from '../../services/baskets/service.ts'
import { catalogue, type QuotedVariant } from '../../services/products/ports.ts'
import { edgeSecret } from '../../shared/auth/edge-notice.ts'
import { identity } from '../../shared/host/identity.ts'
import { TENANT_TOKEN_HEADER, tenantTokenIssuer } from '../../shared/auth/tenant-token.ts'
import { issuerOf } from '../../shared/auth/issuer.ts'
import { DatabaseAdmin, readMigrations } from '../../shared/db/admin.ts'
import { databaseName } from '../../shared/db/databases.ts'
import { kernelTables } from '../../shared/db/tables.ts'
import { newId } from '../../shared/kernel/id.ts'
import { readConfig } from '../../shared/host/config.ts'
import { Host } from '../../shared/host/host.ts'
import { providePort } from '../../shared/service/port.ts'
import { defineService, type Service } from '../../shared/service/service.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'
import { checkAnswer } from './contract.ts'

/** A catalogue in memory, by the letter of its port: prices and stocks change as a test says. */
export class Catalogue {
  readonly variants = new Map<string, QuotedVariant>()
  quotes = 0

  add(terms: Partial<QuotedVariant> = {}): QuotedVariant {
    const variant: QuotedVariant = {
      variant_id: newId('var'),
      product_id: newId('prod'),
      name: 'Shirt',
      ref: 'SHIRT',
      sku: null,
      slug: 'shirt',
      option_values: ['Blue'],
      image_url: null,
      price: 1_000,
      vat_rate: 2_000,
      available: null,
      requires_shipping: true,
      category_ids: [],
      ...terms,
    }
    this.variants.set(variant.variant_id, variant)
    return variant
  }

  quote(wanted: string[]) {
    this.quotes++
    return { variants: wanted.flatMap((id) => this.variants.get(id) ?? []) }
  }
}

/** The baskets service alone, in this process, with a database of its own. */
export async function startBaskets() {
  const { databaseUrl, natsUrl, platformSecret } = inject('platform')
  const id = `bask-${randomBytes(4).toString('hex')}`
  const tenant: Tenant = {
    id,
    website: 'web',
    domain: `${id}.localhost`,
    region: 'eu-west',
    shard: `t${id.slice(5)}`,
    plan: 'business',
    status: 'active',
    locale: 'en',
    currency: 'EUR',
    prices_include_vat: false,
  }
  const config = readConfig({
    PLATFORM_SECRET: platformSecret,
    OPERATOR_TOKEN: 'operator-token-of-this-test',
    WEBHOOK_SECRET: 'webhook-secret-of-this-test',
    DATABASE_URL: databaseUrl,
    NATS_URL: natsUrl,
    SHARDS: tenant.shard,
    LOG_LEVEL: 'error',
  }, [baskets])
  const database = databaseName(tenant.id, 'baskets')
  const admin = await DatabaseAdmin.connect(databaseUrl, platformSecret)
  await admin.create(database)
  await admin.migrate(database, await readMigrations(baskets.migrations))
  const shelf = new Catalogue()
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const staff = new Set<string>()
  const users = new Map<string, string>()
  const keys = [{ ...await exportJWK(publicKey), kid: 'k', alg: 'EdDSA' }]
  const host = new Host([baskets, ...neighbours(shelf, keys, staff, users)], config)
  const assertion = await tenantTokenIssuer(edgeSecret(platformSecret), {
    issuer: 'edge',
    audience: 'region',
  })(tenant)
  const connection = await mysql.createConnection({ uri: databaseUrl, database, timezone: 'Z' })

  const bearer = (user: string, session: string) => {
    users.set(session, user)
    return new SignJWT({ sid: session, tid: tenant.id }).setProtectedHeader({ alg: 'EdDSA', kid: 'k' })
      .setSubject(user).setAudience('shop').setIssuer(issuerOf(tenant)).setExpirationTime('1h').sign(
        privateKey,
      )
  }
  const visitor = (headers: Record<string, string> = {}) =>
    new Shopper(host, { [TENANT_TOKEN_HEADER]: assertion, 'x-client-ip': randomAddress(), ...headers })

  return {
    shelf,
    host,
    visitor,
    async customer(userId = newId('user')) {
      const shopper = visitor({ authorization: `Bearer ${await bearer(userId, newId('ses'))}` })
      shopper.userId = userId
      return shopper
    },
    async staff() {
      const session = newId('ses')
      staff.add(session)
      return visitor({ authorization: `Bearer ${await bearer(newId('user'), session)}` })
    },
    /** What consumers, jobs and ports work with. */
    system: () => host.systemContext(baskets, tenant, 'test') as unknown as Ctx,
    // deno-lint-ignore no-explicit-any
    async rows(sql: string, values: unknown[] = []): Promise<any[]> {
      const [rows] = await connection.query(sql, values)
      return rows as unknown[]
    },
    // deno-lint-ignore no-explicit-any
    async events(tail: string): Promise<any[]> {
      const [rows] = await connection.query('select envelope from outbox where subject like ? order by id', [
        `%.${tail}`,
      ])
      return (rows as { envelope: string }[]).map((row) => JSON.parse(row.envelope).data)
    },
    async stop() {
      await host.stop()
      await connection.end()
      await admin.drop(database)
      await admin.close()
    },
  }
}

/** Sends requests as one person, keeps the basket token, and holds every answer against its contract. */
export class Shopper {
  userId = ''
  token?: string
  readonly #host: Host
  readonly #headers: Record<string, string>

  constructor(host: Host, headers: Record<string, string>) {
    this.#host = host
    this.#headers = headers
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    expected = 200,
    headers: Record<string, string> = {},
    // deno-lint-ignore no-explicit-any
  ): Promise<any> {
    const response = await this.send(method, path, body, headers)
    if (response.status !== expected) {
      throw new Error(
        `${method} ${path} answered ${response.status} instead of ${expected}: ${
          JSON.stringify(response.body)
        }`,
      )
    }
    return response.body
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await this.#host.fetch(
      new Request(`http://region/v1${path}`, {
        method,
        headers: {
          ...this.#headers,
          ...(this.token && { 'basket-token': this.token }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    const answer = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text,
      // deno-lint-ignore no-explicit-any
      body: (text ? JSON.parse(text) : undefined) as any,
    }
    checkAnswer(method, `/v1${path}`, answer)
    this.token = answer.headers['basket-token'] ?? this.token
    return answer
  }

  add(variant: { variant_id: string }, quantity = 1, expected = 200, headers?: Record<string, string>) {
    return this.call(
      'POST',
      '/baskets/items',
      { variant_id: variant.variant_id, quantity },
      expected,
      headers,
    )
  }
  basket() {
    return this.call('GET', '/baskets/current')
  }
  apply(code: string, expected = 200) {
    return this.call('POST', '/baskets/promo-codes', { code }, expected)
  }
}

const randomAddress = () => `10.${[...randomBytes(3)].join('.')}`

function neighbours(
  shelf: Catalogue,
  keys: Record<string, unknown>[],
  staff: Set<string>,
  users: Map<string, string>,
): Service[] {
  const fake = (name: string, provides: Service['provides']) =>
    defineService({
      name,
      summary: name,
      resources: [],
      tables: kernelTables,
      migrations: new URL('file:///nowhere/'),
      endpoints: [],
      provides,
    })
  const account = (session: string) => ({
    active: true,
    user_id: users.get(session) ?? '',
    email: 'alice@example.com',
    name: 'Alice Martin',
    roles: [],
    permissions: staff.has(session) ? ['*'] : [],
  })
  return [
    fake('auth', [providePort(identity, {
      keys: () => Promise.resolve({ keys }),
      session: (_, { session }) => Promise.resolve(account(session)),
    })]),
    fake('products', [
      providePort(catalogue, { quote: (_, { variants }) => Promise.resolve(shelf.quote(variants)) }),
    ]),
  ]
}
