import type { Connection, RowDataPacket } from 'mysql2/promise'
import type { Platform } from '../stack/platform.ts'
import { addition, clearing } from './basket.ts'
import { basketTotals, ordering } from './checkout.ts'
import type { Request } from './job.ts'
import type { Loader } from './loader.ts'
import {
  type Customer,
  fillCatalogue,
  fillStock,
  type Product,
  readProducts,
  registerCustomers,
  type Shop,
} from './shop.ts'

const PRODUCTS = 100
const CUSTOMERS = 4
/** Of one checkout, and units of each. */
const LINES = 2
const QUANTITY = 2

/** A shop that is bought from. */
export type ActiveShop = { shop: Shop; products: Product[]; customers: Customer[] }

export async function activate(platform: Platform, connection: Connection, shop: Shop): Promise<ActiveShop> {
  await fillCatalogue(platform, shop, PRODUCTS)
  const products = await readProducts(connection, shop)
  await fillStock(connection, shop, products)
  return { shop, products, customers: await registerCustomers(shop, CUSTOMERS) }
}

/** A product of each shop after the other. */
export async function details(active: ActiveShop[]): Promise<Request[]> {
  const requests: Request[][] = []
  for (const { shop, products } of active) {
    const headers = await shop.headers()
    requests.push(products.map(({ slug }) => ({ path: `/v1/products/${slug}`, headers })))
  }
  return Array.from({ length: PRODUCTS }, (_, n) => requests.flatMap((each) => each[n] ?? [])).flat()
}

/** Of shops in turn: `count` of them, beginning with the one whose turn it is in this round. */
export function buyersOf(active: ActiveShop[], count: number, round: number): Buyer[] {
  const all = Array.from(
    { length: CUSTOMERS },
    (_, n) => active.map((of): Buyer => ({ of, customer: of.customers[n]!, n })),
  ).flat()
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[(round * count + i) % all.length]!)
}

type Buyer = { of: ActiveShop; customer: Customer; n: number }

/**
 * Two lines and an order of each buyer, whose baskets must be empty: each connection of `connections` sends those of
 * one buyer after the other. A multiple of the connections, so that none is left over.
 */
export async function checkouts(
  connection: Connection,
  load: Loader,
  buyers: Buyer[],
  connections: number,
  port: number,
): Promise<Request[]> {
  const headers = new Map<Shop, Record<string, string>>()
  for (const { of: { shop } } of buyers) headers.set(shop, await shop.headers())
  const signed = (shop: Shop, request: Request) => ({
    ...request,
    headers: { ...headers.get(shop), ...request.headers },
  })
  const lines = buyers.map(({ of: { shop, products }, customer, n }) =>
    Array.from(
      { length: LINES },
      (_, line) => signed(shop, addition(customer, products[n * LINES + line]!, QUANTITY)),
    )
  )
  // Filled once to see what it comes to, which a shopper has seen too.
  for (let line = 0; line < LINES; line++) {
    await load({ port, headers: {}, connections, requests: lines.map((each) => each[line]!) })
  }
  const totals = new Map<string, number>()
  for (const shop of headers.keys()) {
    for (const [user, total] of await basketTotals(connection, shop)) totals.set(user, total)
  }
  const clearings = buyers.map(({ of: { shop }, customer }) => signed(shop, clearing(customer)))
  await load({ port, headers: {}, connections, requests: clearings })
  const turns = buyers.map(({ of: { shop }, customer }, i) => [
    ...lines[i]!,
    signed(shop, ordering(customer, totals)),
  ])
  return Array.from({ length: turns.length / connections }, (_, group) => {
    const together = turns.slice(group * connections, (group + 1) * connections)
    return Array.from({ length: LINES + 1 }, (_, at) => together.map((turn) => turn[at]!)).flat()
  }).flat()
}

export const orderCount = (requests: Request[]): number => requests.length / (LINES + 1)

/** What an order takes of all stocks together. */
export const UNITS = LINES * QUANTITY

export type Sold = { orders: number; stock: number; held: number; unpublished: number }

/** Over all of these shops, where the rows lie. */
export async function soldBy(connection: Connection, active: ActiveShop[]): Promise<Sold> {
  const sold: Sold = { orders: 0, stock: 0, held: 0, unpublished: 0 }
  for (const { shop } of active) {
    const [orders, products, baskets] = ['orders', 'products', 'baskets'].map((each) => shop.database(each))
    const [[row]] = await connection.query<RowDataPacket[]>(
      `SELECT (SELECT COUNT(*) FROM ??.orders WHERE status = 'confirmed') AS orders,
        (SELECT SUM(stock) FROM ??.variants) AS stock,
        (SELECT COUNT(*) FROM ??.reservations WHERE status = 'held') AS held,
        (SELECT COUNT(*) FROM ??.outbox WHERE published_at IS NULL)
        + (SELECT COUNT(*) FROM ??.outbox WHERE published_at IS NULL)
        + (SELECT COUNT(*) FROM ??.outbox WHERE published_at IS NULL) AS unpublished`,
      [orders, products, products, orders, products, baskets],
    )
    for (const key of Object.keys(sold) as (keyof Sold)[]) sold[key] += Number(row![key])
  }
  return sold
}
