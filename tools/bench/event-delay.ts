import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, RowDataPacket } from 'mysql2/promise'
import { addition, to } from './basket.ts'
import { basketTotals, ordering, untilSettled, wholeCheckout } from './checkout.ts'
import type { Loader } from './loader.ts'
import type { Customer, Product, Shop } from './shop.ts'

const SEEN_WITHIN_MS = 5_000
const LOOK_EVERY_MS = 1

type Parts = { load: Loader; connection: Connection; shop: Shop; customers: Customer[]; products: Product[] }

/**
 * Milliseconds from just before an event's commit until what a consumer made of it has committed too and others see it:
 * `orders.order.confirmed` of one order at a time, at each of its consumers. The inbox's own `applied_at` is when a
 * handler begins, so the row is looked for instead.
 */
export async function eventDelays(
  parts: Parts,
  count: number,
  say: (done: number) => void,
): Promise<number[]> {
  const { load, connection, shop, customers, products } = parts
  const delays: number[] = []
  for (let n = 0; n < count; n++) {
    const [customer, product] = [customers[n % customers.length]!, products[n]!]
    await load({ ...await to(shop), requests: [addition(customer, product, 1)] })
    const totals = await basketTotals(connection, shop)
    const before = new Set((await applied(connection, shop)).map(keyOf))
    const [seen] = await Promise.all([
      untilSeen(connection, shop, before),
      load({ ...await to(shop), requests: [ordering(customer, totals)] }),
    ])
    const created = await createdAt(connection, shop)
    delays.push(...seen.map((at) => at - created))
    await untilSettled(connection, shop)
    say(n + 1)
  }
  return delays
}

type Applied = { consumer: string; event: string }
const keyOf = ({ consumer, event }: Applied) => `${consumer} ${event}`
const CONSUMERS = ['products', 'baskets']

/** When each consumer's row was first seen, by the clock of this machine. */
async function untilSeen(connection: Connection, shop: Shop, before: Set<string>): Promise<number[]> {
  const seen = new Map<string, number>()
  const until = Date.now() + SEEN_WITHIN_MS
  while (Date.now() < until) {
    for (const row of await applied(connection, shop)) {
      if (!before.has(keyOf(row)) && !seen.has(keyOf(row))) seen.set(keyOf(row), Date.now())
    }
    if (seen.size === CONSUMERS.length) return [...seen.values()]
    await sleep(LOOK_EVERY_MS)
  }
  throw new Error(
    `orders.order.confirmed was applied by ${seen.size} of ${CONSUMERS.length} consumers in ${
      SEEN_WITHIN_MS / 1000
    } s`,
  )
}

/** The youngest of the inboxes that concern confirmed orders: consumers are named after the event they hear. */
async function applied(connection: Connection, shop: Shop): Promise<Applied[]> {
  const select = CONSUMERS.map(() =>
    `(SELECT i.consumer, HEX(i.event_id) AS event FROM ??.inbox i JOIN ??.outbox o ON o.id = i.event_id
      WHERE o.subject LIKE '%.orders.order.confirmed' ORDER BY i.applied_at DESC LIMIT 5)`
  ).join(' UNION ALL ')
  const names = CONSUMERS.flatMap((service) => [shop.database(service), shop.database('orders')])
  const [rows] = await connection.query<RowDataPacket[]>(select, names)
  return rows as Applied[]
}

async function createdAt(connection: Connection, shop: Shop): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT created_at FROM ??.outbox WHERE subject LIKE '%.orders.order.confirmed' ORDER BY id DESC LIMIT 1`,
    [shop.database('orders')],
  )
  return (row!.created_at as Date).getTime()
}

/** A shop’s headers are good for 15 s at least. */
const ROUND_MS = 10_000

/**
 * Whole checkouts as fast as they go, for so long; then milliseconds from the last answer until stock and baskets have
 * followed. Buyers come again, and an order that nobody gets any more isn't counted.
 */
export async function backlogAfter(
  parts: Parts & { floorPort: number },
  ms: number,
): Promise<{ orders: number; behindMs: number }> {
  const { connection, shop } = parts
  const before = await ordersOf(connection, shop)
  const side = wholeCheckout(parts).region
  for (let left = ms; left > 0; left -= ROUND_MS) {
    await parts.load({ ...await side.job(0), ms: Math.min(left, ROUND_MS) })
  }
  const ended = performance.now()
  await untilSettled(connection, shop)
  return { orders: await ordersOf(connection, shop) - before, behindMs: performance.now() - ended }
}

async function ordersOf(connection: Connection, shop: Shop): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    "SELECT COUNT(*) AS n FROM ??.orders WHERE status = 'confirmed'",
    [shop.database('orders')],
  )
  return Number(row!.n)
}
