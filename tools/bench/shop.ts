import { randomBytes } from 'node:crypto'
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise'
import { wordsOf } from '../../services/products/domain/search.ts'
import { edgeSecret } from '../../shared/auth/edge-notice.ts'
import { TENANT_TOKEN_HEADER, tenantTokenIssuer } from '../../shared/auth/tenant-token.ts'
import { databaseName } from '../../shared/db/databases.ts'
import { type Id, idFromBytes, idToBytes } from '../../shared/kernel/id.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'
import { PlatformApi, type ShopRecord } from '../client/platform-api.ts'
import { send } from '../client/http.ts'
import type { Platform } from '../stack/platform.ts'
import { seedCatalogue } from './seed-catalogue.ts'

export const PASSWORD = `${randomBytes(9).toString('base64url')}aA1!`
const AMPLE_STOCK = 1_000_000_000
/** Registrations at a time: each takes a core for 36 ms of argon2. */
const REGISTER_AT_ONCE = 4

/** `words` are those that it is found by; `variant` is one of its. */
export type Product = { slug: string; words: string[]; variant: string }
/** `headers` sign a customer's requests to the region. */
export type Customer = { id: Id<'user'>; headers: Record<string, string> }
export type Shop = {
  tenant: Tenant
  port: number
  /** The headers of a visitor as the edge sends them. Good for 15 s at least. */
  headers(): Promise<Record<string, string>>
  database(service: string): string
}

export function createShop(platform: Platform, name: string): Promise<ShopRecord> {
  return new PlatformApi(platform.regionUrl, platform.servers.secrets.OPERATOR_TOKEN).createShop({
    company_name: name,
    plan: 'business',
    owner: { email: 'owner@example.com', first_name: 'Olga', last_name: 'Owner' },
  })
}

export async function openShop(platform: Platform, name = 'Bench'): Promise<Shop> {
  const { id, domain, website } = await createShop(platform, name)
  const tenant: Tenant = {
    id,
    website,
    domain,
    region: 'eu-west',
    shard: 's0',
    plan: 'business',
    status: 'active',
    locale: 'en',
    currency: 'EUR',
    prices_include_vat: false,
  }
  const assertion = tenantTokenIssuer(edgeSecret(platform.servers.secrets.PLATFORM_SECRET), {
    issuer: 'edge',
    audience: 'region',
  })
  return {
    tenant,
    port: Number(new URL(platform.regionUrl).port),
    headers: async () => ({ host: domain, [TENANT_TOKEN_HEADER]: await assertion(tenant) }),
    database: (service) => databaseName(id, service),
  }
}

/** Accounts that are signed in. */
export async function registerCustomers(shop: Shop, count: number): Promise<Customer[]> {
  const customers: Customer[] = []
  const registerOne = async (n: number) => {
    const email = `customer-${n}@example.com`
    const { status, body, text } = await send({
      url: `http://127.0.0.1:${shop.port}`,
      method: 'POST',
      path: '/v1/auth/register',
      headers: await shop.headers(),
      body: { email, first_name: 'Alice', last_name: 'Martin', password: PASSWORD },
    })
    if (status !== 201) throw new Error(`registration answered ${status}: ${text.slice(0, 500)}`)
    customers[n] = { id: body.user.id, headers: { authorization: `Bearer ${body.access_token}` } }
  }
  for (let n = 0; n < count; n += REGISTER_AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(REGISTER_AT_ONCE, count - n) }, (_, i) => registerOne(n + i)),
    )
  }
  return customers
}

export async function fillCatalogue(platform: Platform, shop: Shop, products: number): Promise<void> {
  const connection = await mysql.createConnection({
    uri: platform.servers.databaseUrl,
    database: shop.database('products'),
    timezone: 'Z',
  })
  try {
    await seedCatalogue(connection, { products })
    // Fresh tables have no statistics yet: every run shall be planned from whole ones.
    await connection.query(
      'ANALYZE TABLE products, variants, product_images, product_categories, brands, product_documents',
    )
  } finally {
    await connection.end()
  }
}

/** All that shoppers see, in an order of its own: neighbours in it are none in the tables. */
export async function readProducts(connection: Connection, shop: Shop): Promise<Product[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT p.slug, p.name, p.tags, MIN(v.id) AS variant FROM ??.products p JOIN ??.variants v ON v.product_id = p.id
     WHERE p.status = 'active' AND p.deleted_at IS NULL AND v.price IS NOT NULL GROUP BY p.id ORDER BY SHA2(p.slug, 256)`,
    [shop.database('products'), shop.database('products')],
  )
  return rows.map(({ slug, name, tags, variant }) => ({
    slug,
    words: wordsOf([name, ...tags].join(' ')),
    variant: idFromBytes('var', variant),
  }))
}

/** So that nothing that is bought runs out. */
export async function fillStock(connection: Connection, shop: Shop, products: Product[]): Promise<void> {
  await connection.query('UPDATE ??.variants SET stock = ?, tracks_stock = TRUE WHERE id IN (?)', [
    shop.database('products'),
    AMPLE_STOCK,
    products.map(({ variant }) => Buffer.from(idToBytes('var', variant))),
  ])
}
