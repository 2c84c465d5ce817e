import type { Connection } from 'mysql2/promise'
import { CONNECTIONS, type Side } from './compare.ts'
import { fillFloorBaskets } from './floor-tables.ts'
import type { Request } from './job.ts'
import type { Loader } from './loader.ts'
import type { Customer, Product, Shop } from './shop.ts'

/** A basket's lines. At 99 units a line, a round may add 297 times as many as there are customers. */
export const LINES = 3

type Parts = {
  load: Loader
  connection: Connection
  shop: Shop
  customers: Customer[]
  products: Product[]
  floorPort: number
  ms: number
}

/** One unit more at each request, of one of three variants, to a basket that begins empty. Every customer has others. */
export function addToBasket(parts: Parts): { region: Side; floor: Side } {
  const { load, connection, shop, customers, products, floorPort, ms } = parts
  const each = (make: (customer: number, variant: number) => Request) =>
    Array.from({ length: LINES }, (_, line) => customers.map((_, n) => make(n, line * customers.length + n)))
      .flat()
  const requests = each((customer, variant) => addition(customers[customer]!, products[variant]!, 1))
  const floorRequests = each((basket, variant) => ({
    method: 'POST',
    path: `/baskets/${basket}/items`,
    body: JSON.stringify({ variant_id: variant, quantity: 1 }),
  }))
  return {
    region: {
      prepare: async () => void await load({ ...await to(shop), requests: customers.map(clearing) }),
      job: async () => ({ ...await to(shop), requests, ms }),
    },
    floor: {
      prepare: () => fillFloorBaskets(connection, 0, 0),
      job: () =>
        Promise.resolve({
          port: floorPort,
          headers: { host: 'floor' },
          connections: CONNECTIONS,
          requests: floorRequests,
          ms,
        }),
    },
  }
}

export const to = async (shop: Shop) => ({
  port: shop.port,
  headers: await shop.headers(),
  connections: CONNECTIONS,
})

export const addition = ({ headers }: Customer, { variant }: Product, quantity: number): Request => ({
  method: 'POST',
  path: '/v1/baskets/items',
  headers,
  body: JSON.stringify({ variant_id: variant, quantity }),
})

export const clearing = ({ headers }: Customer): Request => ({
  method: 'DELETE',
  path: '/v1/baskets/current',
  headers,
})
