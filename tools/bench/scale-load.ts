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

/**
 * Two lines and an order of every customer, whose baskets must be empty: each connection of `connections` sends those of
 * one customer after the other.
 */
export async function checkouts(
  connection: Connection,
  load: Loader,
  active: ActiveShop[],
  connections: number,
  port: number,
): Promise<Request[]> {
  const turns: Request[][] = []
  for (const { shop, products, customers } of active) {
    const headers = await shop.headers()
    const signed = (request: Request) => ({ ...request, headers: { ...headers, ...request.headers } })
    const lines = customers.map((customer, n) =>
      Array.from(
        { length: LINES },
        (_, line) => signed(addition(customer, products[n * LINES + line]!, QUANTITY)),
      )
    )
    // Filled once to see what it comes to, which a shopper has seen too.
    await load({ port, headers: {}, connections: 1, requests: lines.flat() })
    const totals = await basketTotals(connection, shop)
    await load({
      port,
      headers: {},
      connections: 1,
      requests: customers.map((each) => signed(clearing(each))),
    })
    turns.push(...customers.map((customer, n) => [...lines[n]!, signed(ordering(customer, totals))]))
  }
  // Customers of one shop apart from one another, and as many as connections at a time.
  const mixed = Array.from(
    { length: CUSTOMERS },
    (_, n) => turns.filter((_, i) => i % CUSTOMERS === n),
  ).flat()
  const full = mixed.slice(0, mixed.length - mixed.length % connections)
  return Array.from({ length: full.length / connections }, (_, group) => {
    const together = full.slice(group * connections, (group + 1) * connections)
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
