import { expect, test } from 'vitest'
import mysql from 'mysql2/promise'
import { ownPlatform } from './support/own-platform.ts'
import { newProduct, placeOrder } from './support/selling.ts'
import { type Client, newShop, type Shop } from './support/shops.ts'
import { until } from './support/until.ts'
import { send } from '../tools/client/http.ts'

const TENANTS = 100
const MAX_CONNECTIONS = 300
const MAX_RSS_MB = 400
const own = ownPlatform({ env: { MAX_CONNECTIONS: String(MAX_CONNECTIONS) } })

test(
  `with ${TENANTS} tenants, all of them selling, connections stay under their cap and the region under ${MAX_RSS_MB} MB`,
  { timeout: 600_000 },
  async () => {
    const shops = [await newShop({ on: own.running }), await newShop({ on: own.running })]
    const first = await sellable(shops[0]!)
    const alone = await medianMs(first)
    for (let i = shops.length; i < TENANTS; i += 2) {
      shops.push(...await Promise.all([newShop({ on: own.running }), newShop({ on: own.running })]))
    }
    const customers = [first]
    for (const shop of shops.slice(1)) customers.push(await sellable(shop))
    let peak = 0
    const watch = async () => {
      peak = Math.max(peak, await connectionsOfTenants())
    }
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < customers.length; i += 20) {
        await Promise.all(
          customers.slice(i, i + 20).map(async ({ customer, product }) => {
            await customer.get('/v1/products', 200)
            await customer.get(`/v1/products/${product.id}`, 200)
            await placeOrder(customer, product.variants[0]!.id)
            await until(
              'the basket is free again',
              async () => (await customer.get('/v1/baskets/current', 200)).body.lines.length === 0,
            )
          }),
        )
        await watch()
      }
    }
    const headers = { authorization: `Bearer ${own.running.operatorToken}` }
    const { body } = await send({ url: own.running.regionUrl, path: '/ready', headers })
    const among = await medianMs(first)
    console.log(
      `${TENANTS} tenants: ${peak} connections at most, region ${
        Math.round(body.memory.rss / 2 ** 20)
      } MB; ` +
        `a product in ${alone.toFixed(2)} ms with 2 tenants, in ${among.toFixed(2)} ms with ${TENANTS}`,
    )
    expect(peak).toBeLessThanOrEqual(MAX_CONNECTIONS)
    expect(body.memory.rss / 1024 / 1024).toBeLessThan(MAX_RSS_MB)
  },
)

type Sellable = { customer: Client; product: { id: string; variants: { id: string }[] } }

async function sellable(shop: Shop): Promise<Sellable> {
  return { product: await newProduct(await shop.owner(), { stock: 50 }), customer: await shop.customer() }
}

/** Median over requests one after the other. */
async function medianMs({ customer, product }: Sellable): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 200; i++) {
    const started = performance.now()
    await customer.get(`/v1/products/${product.id}`, 200)
    times.push(performance.now() - started)
  }
  return times.sort((a, b) => a - b)[100] ?? 0
}

/** Connections that the server counts, but for those of its administrators. */
async function connectionsOfTenants(): Promise<number> {
  const connection = await mysql.createConnection({ uri: own.running.databaseUrl })
  try {
    const [[row]] = await connection.query(
      `SELECT COUNT(*) AS n FROM information_schema.processlist WHERE user NOT IN ('root', 'system user', 'event_scheduler')`,
    ) as unknown as [[{ n: number }]]
    return row.n
  } finally {
    await connection.end()
  }
}
