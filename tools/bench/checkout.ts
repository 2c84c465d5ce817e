import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, RowDataPacket } from 'mysql2/promise'
import { addition, to } from './basket.ts'
import { CONNECTIONS, type Side } from './compare.ts'
import { FLOOR_DATABASE } from './floor-tables.ts'
import type { Request } from './job.ts'
import type { Loader } from './loader.ts'
import type { Customer, Product, Shop } from './shop.ts'

const QUANTITY = 2
const CONVERTED_WITHIN_MS = 20_000
const ADDRESS = { first_name: 'Alice', last_name: 'Martin', line1: '12 rue des Lilas', city: 'Rennes', postal_code: '35000', country: 'FR' }

type Parts = { load: Loader; connection: Connection; shop: Shop; customers: Customer[]; products: Product[]; floorPort: number }

/** Every customer orders once in a burst, one line of a product nobody else buys: what is measured is the saga, not a lock. */
export function checkout({ load, connection, shop, customers, products, floorPort }: Parts): { region: Side; floor: Side } {
  return {
    region: {
      async prepare() {
        await untilConverted(connection, shop)
        await load({ ...await to(shop), requests: customers.map((customer, n) => addition(customer, products[n]!, QUANTITY)) })
      },
      job: async () => ({ ...await to(shop), requests: customers.map(ordering) }),
    },
    floor: {
      async prepare() {
        await connection.query(`DELETE FROM ${FLOOR_DATABASE}.basket_lines`)
        await connection.query(`INSERT INTO ${FLOOR_DATABASE}.basket_lines VALUES ?`, [
          customers.map((_, n) => [n, n, QUANTITY, 1_000, new Date()]),
        ])
      },
      job: () => Promise.resolve({
        port: floorPort,
        headers: { host: 'floor' },
        connections: CONNECTIONS,
        requests: customers.map((_, basket): Request => ({
          method: 'POST',
          path: '/orders',
          body: JSON.stringify({ basket, billing_address: ADDRESS }),
        })),
      }),
    },
  }
}

export const ordering = ({ headers }: Customer): Request => ({
  method: 'POST',
  path: '/v1/orders',
  headers: { ...headers, 'idempotency-key': randomUUID() },
  body: JSON.stringify({ billing_address: ADDRESS, shipping_method: 'standard', payment_method: 'manual' }),
})

/** What is put into a basket while its order is still being told of would be the next basket's. */
export async function untilConverted(connection: Connection, shop: Shop): Promise<void> {
  const until = Date.now() + CONVERTED_WITHIN_MS
  while (Date.now() < until) {
    const [[row]] = await connection.query<RowDataPacket[]>(
      `SELECT COUNT(*) AS left_over FROM ??.baskets b JOIN ??.basket_items i ON i.basket_id = b.id WHERE b.current_user_id IS NOT NULL`,
      [shop.database('baskets'), shop.database('baskets')],
    )
    if (row!.left_over === 0) return
    await sleep(5)
  }
  throw new Error(`baskets of confirmed orders are still open after ${CONVERTED_WITHIN_MS / 1000} s`)
}
