import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from 'mysql2/promise'
import { PlatformApi } from '../client/platform-api.ts'
import { send } from '../client/http.ts'
import type { Platform } from '../stack/platform.ts'
import { addition, clearing, to } from './basket.ts'
import { basketTotals, ordering } from './checkout.ts'
import type { Loader } from './loader.ts'
import { type Customer, PASSWORD, type Product, type Shop } from './shop.ts'

/** As many do it at once, all the time. */
const SIGNING_IN = 16
const SEARCHING = 16
const IMPORTING = 2
const ROWS = 2_000
/** Of one turn; the noise looks up in between whether it is to go on. */
const TURN_MS = 500

export const NOISES = ['imports', 'sign_in', 'search', 'checkout'] as const
/** One turn of it, answers when it is over. */
export type Noises = Record<(typeof NOISES)[number], () => Promise<void>>

export type NoisyShop = {
  load: Loader
  platform: Platform
  connection: Connection
  shop: Shop
  customers: Customer[]
  products: Product[]
  /** Paths. */
  searches: string[]
}

/** What a shop can do to its region: each a load that is bounded by how many do it at once. */
export async function noises(noisy: NoisyShop): Promise<Noises> {
  const { load, shop, searches } = noisy
  const owner = await ownerHeaders(noisy)
  const loops =
    (requests: { path: string; method?: string; body?: string }[], connections: number) => async () =>
      void await load({ ...await to(shop), connections, requests, ms: TURN_MS })
  return {
    imports: async () =>
      void await Promise.all(Array.from({ length: IMPORTING }, () => importOnce(shop, owner))),
    // Addresses that nobody has: what is refused early for too many attempts would be no load.
    sign_in: () =>
      loops(
        Array.from({ length: 500 }, () => ({
          method: 'POST',
          path: '/v1/auth/login',
          body: JSON.stringify({ email: `${randomUUID()}@example.com`, password: PASSWORD }),
        })),
        SIGNING_IN,
      )(),
    search: loops(searches.map((path) => ({ path })), SEARCHING),
    checkout: () => orderAll(noisy),
  }
}

async function ownerHeaders({ platform, shop }: NoisyShop): Promise<Record<string, string>> {
  const api = new PlatformApi(platform.regionUrl, platform.servers.secrets.OPERATOR_TOKEN)
  const token = await api.inviteOwner(shop.tenant.id)
  const { status, body, text } = await send({
    url: platform.regionUrl,
    method: 'POST',
    path: '/v1/auth/invitations/accept',
    headers: await shop.headers(),
    body: { token, password: PASSWORD },
  })
  if (status !== 200) throw new Error(`the owner's invitation answered ${status}: ${text.slice(0, 500)}`)
  return { authorization: `Bearer ${body.access_token}` }
}

/** New products each time, until they are there. */
async function importOnce(shop: Shop, owner: Record<string, string>): Promise<void> {
  const unique = randomUUID().slice(0, 8)
  const rows = Array.from(
    { length: ROWS },
    (_, n) => `noise-${unique}-${n},Imported ${n},SKU-${unique}-${n},5,${10 + n % 90}.00`,
  )
  const file = ['Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price', ...rows, ''].join('\n')
  const call = async (method: string, path: string, body?: string) => {
    const answer = await send({
      url: `http://127.0.0.1:${shop.port}`,
      method,
      path,
      headers: { ...await shop.headers(), ...owner, ...(body && { 'content-type': 'text/csv' }) },
      body,
    })
    if (answer.status > 299) {
      throw new Error(`an import answered ${answer.status}: ${answer.text.slice(0, 500)}`)
    }
    return answer.body
  }
  const { id } = await call('POST', '/v1/admin/product-imports', file)
  for (;;) {
    const { status } = await call('GET', `/v1/admin/product-imports/${id}`)
    if (status === 'failed') throw new Error('an import failed')
    if (status === 'done') return
    await sleep(100)
  }
}

async function orderAll({ load, connection, shop, customers, products }: NoisyShop): Promise<void> {
  const common = await to(shop)
  await load({ ...common, requests: customers.map(clearing) })
  await load({ ...common, requests: customers.map((customer, n) => addition(customer, products[n]!, 1)) })
  const totals = await basketTotals(connection, shop)
  await load({ ...common, requests: customers.map((customer) => ordering(customer, totals)) })
}
