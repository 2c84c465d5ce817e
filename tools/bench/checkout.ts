import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, RowDataPacket } from 'mysql2/promise'
import { idFromBytes } from '../../shared/kernel/id.ts'
import { addition, clearing, to } from './basket.ts'
import { CONNECTIONS, type Side } from './compare.ts'
import { fillFloorBaskets } from './floor-tables.ts'
import type { Request } from './job.ts'
import type { Loader } from './loader.ts'
import type { Customer, Product, Shop } from './shop.ts'

const QUANTITY = 2
/** Of a whole checkout. */
const LINES = 2
export const BUYERS = 16
const SETTLED_WITHIN_MS = 20_000
const ADDRESS = {
  name: 'Alice Martin',
  line1: '12 rue des Lilas',
  city: 'Rennes',
  postal_code: '35000',
  country: 'FR',
}

type Parts = {
  load: Loader
  connection: Connection
  shop: Shop
  customers: Customer[]
  products: Product[]
  floorPort: number
}

/**
 * `POST /v1/orders` of a ready basket. Every customer orders once in a burst, one line of a product nobody else buys:
 * what is measured is the saga, not a lock. `settled` gets, for each burst, orders a second until all of their events
 * are applied too.
 */
export function checkout(parts: Parts, settled: number[]): { region: Side; floor: Side } {
  const { load, connection, shop, customers, products } = parts
  let begun = 0
  return {
    region: {
      async prepare() {
        await load({ ...await to(shop), requests: customers.map(clearing) })
        await load({
          ...await to(shop),
          requests: customers.map((customer, n) => addition(customer, products[n]!, QUANTITY)),
        })
      },
      async job() {
        const totals = await basketTotals(connection, shop)
        const job = { ...await to(shop), requests: customers.map((each) => ordering(each, totals)) }
        begun = performance.now()
        return job
      },
    },
    floor: floorOrders(parts, CONNECTIONS, () => {
      settled.push(customers.length / (performance.now() - begun) * 1_000)
    }),
  }
}

/** Two lines into a new basket and its order, each buyer one request after the other. The floor's is an order alone. */
export function wholeCheckout(parts: Parts): { region: Side; floor: Side } {
  const { load, connection, shop, customers, products } = parts
  const additions = Array.from(
    { length: LINES },
    (_, line) =>
      customers.map((customer, n) => addition(customer, products[line * customers.length + n]!, QUANTITY)),
  )
  return {
    region: {
      requestsEach: LINES + 1,
      async job() {
        // Filled once to see what it comes to, which a shopper has seen too.
        const common = { ...await to(shop), connections: BUYERS }
        // Of a round that was cut off there may be something left.
        await load({ ...common, requests: customers.map(clearing) })
        for (const requests of additions) await load({ ...common, requests })
        const totals = await basketTotals(connection, shop)
        await load({ ...common, requests: customers.map(clearing) })
        const requests: Request[] = []
        for (let n = 0; n < customers.length; n += BUYERS) {
          for (const line of additions) requests.push(...line.slice(n, n + BUYERS))
          requests.push(...customers.slice(n, n + BUYERS).map((each) => ordering(each, totals)))
        }
        return { ...common, requests }
      },
    },
    floor: floorOrders(parts, BUYERS),
  }
}

function floorOrders(
  { connection, shop, customers, floorPort }: Parts,
  connections: number,
  whenSettled = () => {},
): Side {
  return {
    async prepare() {
      // The floor must not wait for what the region's orders have left to do, nor the next burst.
      await untilSettled(connection, shop)
      whenSettled()
      await fillFloorBaskets(connection, customers.length, QUANTITY)
    },
    job: () =>
      Promise.resolve({
        port: floorPort,
        headers: { host: 'floor' },
        connections,
        requests: customers.map((_, basket): Request => ({
          method: 'POST',
          path: '/orders',
          body: JSON.stringify({ basket, billing_address: ADDRESS }),
        })),
      }),
  }
}

/** The standard shipping of a new shop, with VAT. */
const SHIPPING = 588

/** What each customer's basket comes to, with VAT. */
export async function basketTotals(connection: Connection, shop: Shop): Promise<Map<string, number>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT current_user_id AS user, total_gross FROM ??.baskets WHERE current_user_id IS NOT NULL',
    [shop.database('baskets')],
  )
  return new Map(rows.map(({ user, total_gross }) => [idFromBytes('user', user), Number(total_gross)]))
}

export const ordering = ({ id, headers }: Customer, totals: Map<string, number>): Request => ({
  method: 'POST',
  path: '/v1/orders',
  headers,
  isKeyed: true,
  body: JSON.stringify({
    expected_total: totals.get(id)! + SHIPPING,
    billing_address: ADDRESS,
    shipping_method: 'standard',
    payment_method: 'manual',
  }),
})

/** Every basket that was ordered is converted and every reservation taken from the stock. */
export async function untilSettled(connection: Connection, shop: Shop): Promise<void> {
  const [baskets, orders, products] = ['baskets', 'orders', 'products'].map((each) => shop.database(each))
  const until = Date.now() + SETTLED_WITHIN_MS
  while (Date.now() < until) {
    const [[row]] = await connection.query<RowDataPacket[]>(
      `SELECT (SELECT COUNT(*) FROM ??.baskets b JOIN ??.orders o ON o.placed_basket_id = b.id AND o.status = 'confirmed'
          WHERE b.current_user_id IS NOT NULL)
        + (SELECT COUNT(*) FROM ??.reservations WHERE status = 'held') AS unsettled`,
      [baskets, orders, products],
    )
    if (Number(row!.unsettled) === 0) return
    await sleep(5)
  }
  throw new Error(`events of confirmed orders are not applied after ${SETTLED_WITHIN_MS / 1000} s`)
}
