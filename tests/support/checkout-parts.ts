import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import mysql from 'mysql2/promise'
import orders from '../../services/orders/service.ts'
import type { Ctx } from '../../services/orders/needs.ts'
import { resume } from '../../services/orders/operations/orders/resume.ts'
import { checkout } from '../../services/baskets/ports.ts'
import { inventory } from '../../services/products/ports.ts'
import { edgeSecret } from '../../shared/auth/edge-notice.ts'
import { identity } from '../../shared/host/identity.ts'
import { TENANT_TOKEN_HEADER, tenantTokenIssuer } from '../../shared/auth/tenant-token.ts'
import { issuerOf } from '../../shared/auth/issuer.ts'
import { DatabaseAdmin, readMigrations } from '../../shared/db/admin.ts'
import { databaseName } from '../../shared/db/databases.ts'
import { kernelTables } from '../../shared/db/tables.ts'
import { Problem } from '../../shared/errors/problem.ts'
import { type Id, newId } from '../../shared/kernel/id.ts'
import { readConfig } from '../../shared/host/config.ts'
import { Host } from '../../shared/host/host.ts'
import { providePort } from '../../shared/service/port.ts'
import { defineService, type Service } from '../../shared/service/service.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'

export const LEASE_MS = 500

type Held = { variant: string; quantity: number }[]
type Step = 'read' | 'redeem' | 'unredeem' | 'convert' | 'reserve' | 'release'

/** The neighbours of the checkout, in memory, by the letter of their ports; and ways to make them fail. */
export class Neighbours {
  readonly stock = new Map<string, number>()
  readonly held = new Map<string, Held>()
  readonly redeemed = new Set<string>()
  readonly converted = new Set<string>()
  readonly #gone = new Set<string>()
  readonly calls: string[] = []
  /** Runs around a step: throw before or after `effect`, or never come back. */
  faults: Partial<Record<Step, (effect: () => unknown) => Promise<unknown>>> = {}
  lines: { variant: Id<'var'>; quantity: number }[] = []
  codes: Id<'promo'>[] = []
  refused: { promo_code_id: Id<'promo'>; code: string; reason: 'not_valid' }[] = []
  basketId = newId('bask')
  reservedForMs = 600_000

  async #step<T>(step: Step, effect: () => T): Promise<T> {
    this.calls.push(step)
    const fault = this.faults[step]
    return await (fault ? fault(effect) as Promise<T> : effect())
  }

  read() {
    return this.#step('read', () => ({
      basket: {
        id: this.basketId,
        version: 1,
        free_shipping: false,
        promo_codes: this.codes.map((promo_code_id) => ({
          promo_code_id,
          code: 'TEN',
          discount: { net: 100, gross: 120 },
        })),
        refused_codes: this.refused,
        lines: this.lines.map(({ variant, quantity }, i) => ({
          discount: i === 0 ? 100 * this.codes.length : 0,
          line_id: newId('bli'),
          variant_id: variant,
          product_id: newId('prod'),
          name: 'Shirt',
          ref: 'SHIRT',
          sku: null,
          slug: 'shirt',
          option_values: [],
          image_url: null,
          price: 1_000,
          vat_rate: 2_000,
          available: null,
          requires_shipping: true,
          category_ids: [],
          quantity,
        })),
      },
    }))
  }

  redeem(order: string) {
    return this.#step('redeem', () => {
      if (this.#gone.has(order)) throw new Problem('promo_code_refused')
      this.redeemed.add(order)
      return {}
    })
  }

  unredeem(order: string) {
    return this.#step('unredeem', () => (this.redeemed.delete(order), this.#gone.add(order), {}))
  }

  convert(order: string) {
    return this.#step('convert', () => (this.converted.add(order), {}))
  }

  reserve(order: string, lines: { variant_id: string; quantity: number }[]) {
    return this.#step('reserve', () => {
      if (this.#gone.has(order)) throw new Problem('conflict')
      const expires_at = new Date(Date.now() + this.reservedForMs).toISOString()
      if (this.held.has(order)) return { expires_at }
      const short = lines.filter((line) => (this.stock.get(line.variant_id) ?? 0) < line.quantity)
      if (short.length > 0) throw new Problem('out_of_stock', undefined, { lines: short })
      for (const { variant_id, quantity } of lines) {
        this.stock.set(variant_id, this.stock.get(variant_id)! - quantity)
      }
      this.held.set(order, lines.map(({ variant_id, quantity }) => ({ variant: variant_id, quantity })))
      return { expires_at }
    })
  }

  release(order: string) {
    return this.#step('release', () => {
      for (const { variant, quantity } of this.held.get(order) ?? []) {
        this.stock.set(variant, this.stock.get(variant)! + quantity)
      }
      this.held.delete(order)
      this.#gone.add(order)
      return {}
    })
  }
}

/** The orders service alone, in this process, with a database of its own on these servers. */
export async function startOrders(servers: { databaseUrl: string; natsUrl: string; platformSecret: string }) {
  const { databaseUrl, natsUrl, platformSecret } = servers
  const id = `crash-${randomBytes(4).toString('hex')}`
  const tenant: Tenant = {
    id,
    website: 'web',
    domain: `${id}.localhost`,
    region: 'eu-west',
    shard: `t${id.slice(6)}`,
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
    LOG_LEVEL: 'silent',
    CHECKOUT_LEASE_MS: String(LEASE_MS),
  }, [orders])
  const database = databaseName(tenant.id, 'orders')
  const admin = await DatabaseAdmin.connect(databaseUrl, platformSecret)
  await admin.create(database)
  await admin.migrate(database, await readMigrations(orders.migrations))
  const neighbours = new Neighbours()
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const keys = [{ ...await exportJWK(publicKey), kid: 'k', alg: 'EdDSA' }]
  const user = newId('user')
  const host = new Host([orders, ...fakes(neighbours, keys, user)], config)
  const assertion = await tenantTokenIssuer(edgeSecret(platformSecret), {
    issuer: 'edge',
    audience: 'region',
  })(tenant)
  const job = () => host.systemContext(orders, tenant, 'test') as unknown as Ctx
  await orders.seed!(job(), { permissions: [], roles: {} })
  const connection = await mysql.createConnection({ uri: databaseUrl, database, timezone: 'Z' })
  const bearer = await new SignJWT({ sid: newId('ses'), tid: tenant.id })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k' }).setSubject(user).setAudience('shop')
    .setIssuer(issuerOf(tenant))
    .setExpirationTime('1h')
    .sign(privateKey)

  return {
    neighbours,
    host,
    tenant,
    /** Work of a process that starts after the lease of the one that stopped. */
    async recover() {
      await new Promise((resolve) => setTimeout(resolve, LEASE_MS + 50))
      await resume(job())
    },
    async post(path: string, body: unknown, key?: string) {
      const response = await host.fetch(
        new Request(`http://region${path}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${bearer}`,
            [TENANT_TOKEN_HEADER]: assertion,
            ...(key && { 'idempotency-key': key }),
          },
          body: JSON.stringify(body),
        }),
      )
      // deno-lint-ignore no-explicit-any
      return { status: response.status, headers: response.headers, body: await response.json() as any }
    },
    // deno-lint-ignore no-explicit-any
    async rows(sql: string, values: unknown[] = []): Promise<any[]> {
      const [rows] = await connection.query(sql, values)
      return rows as unknown[]
    },
    async stop() {
      await host.stop()
      await connection.end()
      await admin.drop(database)
      await admin.close()
    },
  }
}

function fakes(neighbours: Neighbours, keys: Record<string, unknown>[], user: string): Service[] {
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
  const account = {
    active: true,
    user_id: user,
    email: 'alice@example.com',
    name: 'Alice Martin',
    roles: ['super-admin'],
    permissions: ['*'],
  }
  return [
    fake('auth', [
      providePort(identity, {
        keys: () => Promise.resolve({ keys }),
        session: () => Promise.resolve(account),
      }),
    ]),
    fake('baskets', [providePort(checkout, {
      read: () => neighbours.read(),
      redeem: (_, { order_id }) => neighbours.redeem(order_id),
      unredeem: (_, { order_id }) => neighbours.unredeem(order_id),
      convert: (_, { order_id }) => neighbours.convert(order_id),
    })]),
    fake('products', [providePort(inventory, {
      reserve: (_, { order_id, lines }) => neighbours.reserve(order_id, lines),
      release: (_, { order_id }) => neighbours.release(order_id),
    })]),
  ]
}

export const address = {
  name: 'Alice Martin',
  line1: '12 rue des Lilas',
  city: 'Lyon',
  postal_code: '69003',
  country: 'FR',
}
/** Two shirts at 10.00 and the standard shipping, both without VAT. */
export const TOTAL = 2 * 1_200 + 588
export const newOrder = {
  billing_address: address,
  shipping_method: 'standard',
  payment_method: 'manual',
  expected_total: TOTAL,
}
