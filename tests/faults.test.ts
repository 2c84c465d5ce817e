import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { registry } from '../services/registry.ts'
import { databaseName, PLATFORM_DATABASE } from '../shared/db/databases.ts'
import { InFlight, untilHit } from './support/hits.ts'
import { ownPlatform } from './support/own-platform.ts'
import { checkout, newProduct } from './support/selling.ts'
import { type Client, newShop, operator, Shop } from './support/shops.ts'
import { stockOf, unitsIn } from './support/stock.ts'
import { until } from './support/until.ts'
import mysql from 'mysql2/promise'

const own = ownPlatform()
const region = () => own.platform.regions.get('all')!

/** Buyers with this variant in their baskets, ready to check out. */
async function buyers(
  shop: Shop,
  count: number,
  lines: { variant_id: string; quantity: number }[][],
): Promise<Client[]> {
  const made: Client[] = []
  for (let i = 0; i < count; i += 10) {
    made.push(...await Promise.all(Array.from({ length: Math.min(10, count - i) }, () => shop.customer())))
  }
  await Promise.all(made.map(async (buyer, i) => {
    for (const line of lines[i % lines.length]!) await buyer.post('/v1/baskets/items', line, 200)
  }))
  return made
}

type Unfinished = { unpublished: number; pending: number; held: number }

/** What the shop's databases say is under way. */
async function unfinished(shop: Shop): Promise<Unfinished> {
  const count = async (service: string, what: string) =>
    (await shop.rows<{ n: number }>(service, `SELECT COUNT(*) AS n FROM ${what}`))[0]!.n
  const outboxes = await Promise.all(
    ['products', 'baskets', 'orders'].map((service) => count(service, 'outbox WHERE published_at IS NULL')),
  )
  return {
    unpublished: outboxes.reduce((sum, n) => sum + n, 0),
    pending: await count('orders', `orders WHERE status = 'pending'`),
    held: await count('products', `reservations WHERE status = 'held'`),
  }
}

/** True when nothing is under way any more; throws what is. */
async function isQuiet(shop: Shop): Promise<true> {
  const left = await unfinished(shop)
  if (left.unpublished + left.pending + left.held > 0) throw new Error(JSON.stringify(left))
  return true
}

test(
  'a region killed in the middle of fifty checkouts leaves no order without its stock and no stock without its order',
  { timeout: 150_000 },
  () =>
    untilHit('checkouts unanswered, and orders or reservations half done', async () => {
      const shop = await newShop({ on: own.running })
      const owner = await shop.owner()
      const { variants: [a] } = await newProduct(owner, { stock: 10 })
      const { variants: [b] } = await newProduct(owner, { stock: 10 })
      const [one, other] = [{ variant_id: a.id, quantity: 1 }, { variant_id: b.id, quantity: 1 }]
      const crowd = await buyers(shop, 50, [[one], [one, other], [other, one], [other]])

      const answers = crowd.map((buyer, i) =>
        checkout(buyer, {}, { 'idempotency-key': `kill-${i}` }).catch(() => undefined)
      )
      await until('a checkout is half done', async () => (await unfinished(shop)).pending > 0)
      await region().child.kill('SIGKILL')
      const first = await Promise.all(answers)
      const left = await unfinished(shop)
      const isHit = first.includes(undefined) && left.pending + left.held > 0
      await region().restart()

      // Shoppers press the button again, with the key they had.
      const second = await Promise.all(
        crowd.map((buyer, i) =>
          until('the checkout has an outcome', async () => {
            const answer = await checkout(buyer, {}, { 'idempotency-key': `kill-${i}` })
            return answer.body.code === 'request_in_progress' || answer.status >= 500 ? undefined : answer
          }, 60_000)
        ),
      )
      for (const [i, answer] of first.entries()) {
        if (answer?.status === 201) {
          expect(second[i]!.body.id, 'an acknowledged order is the same later').toBe(
            answer.body.id,
          )
        }
      }
      await until('everything has come to rest', () => isQuiet(shop), 60_000)
      for (const variant of [a, b]) {
        const sold = await unitsIn(shop, variant.id, 'confirmed')
        const { stock, reserved } = await stockOf(shop, variant.id)
        expect(reserved).toBe(0)
        expect(stock, 'what is gone was sold').toBe(10 - sold.units)
        expect(stock).toBeGreaterThanOrEqual(0)
      }
      const confirmed = second.filter((answer) => answer.status === 201)
      expect(new Set(confirmed.map((answer) => answer.body.id)).size).toBe(confirmed.length)
      const [{ n }] = await shop.rows<{ n: number }>(
        'orders',
        `SELECT COUNT(*) AS n FROM orders WHERE status = 'confirmed'`,
      ) as [{ n: number }]
      expect(n).toBe(confirmed.length)
      return isHit
    }),
)

test(
  'events of orders placed while NATS was dead arrive later, each applied once',
  { timeout: 150_000 },
  () =>
    untilHit('requests in flight at the kill, and events unpublished after it', async () => {
      const shop = await newShop({ on: own.running })
      const { variants: [variant] } = await newProduct(await shop.owner(), { stock: 100 })
      const crowd = await buyers(shop, 20, [[{ variant_id: variant.id, quantity: 2 }]])
      const inFlight = new InFlight()
      const placing = crowd.map(async (buyer, i) => {
        await sleep(i * 15)
        return await inFlight.track(checkout(buyer, {}, {}, 201))
      })
      await until('orders are being placed', async () => (await unfinished(shop)).pending > 0)
      const interrupted = await inFlight.hitBy(() => own.platform.servers.killNats())
      await Promise.all(placing)
      const { unpublished } = await unfinished(shop)
      await own.platform.servers.restartNats()
      await until('everything has come to rest', () => isQuiet(shop), 60_000)
      expect(await stockOf(shop, variant.id)).toEqual({ stock: 60, reserved: 0 })
      const [events] = await shop.rows<{ n: number }>(
        'orders',
        `SELECT COUNT(*) AS n FROM outbox WHERE subject LIKE '%.orders.order.confirmed'`,
      )
      expect(events!.n).toBe(20)
      for (const [service, consumer] of [['products', 'products__%'], ['baskets', 'baskets__%']] as const) {
        const applied = await until(`${service} applied all`, async () => {
          const rows = await shop.rows<{ consumer: string; n: number }>(
            service,
            'SELECT consumer, COUNT(*) AS n FROM inbox WHERE consumer LIKE ? GROUP BY consumer',
            [consumer],
          )
          return rows.some((row) => row.n === 20) && rows
        })
        expect(applied.map((row) => row.n).filter((n) => n > 20)).toEqual([])
      }
      return interrupted > 0 && unpublished > 0
    }),
)

test('a NATS that lost its streams is filled again from the outboxes, and nothing is applied twice', async () => {
  const shop = await newShop({ on: own.running })
  const { variants: [variant] } = await newProduct(await shop.owner(), { stock: 10 })
  const [buyer] = await buyers(shop, 1, [[{ variant_id: variant.id, quantity: 3 }]])
  await checkout(buyer!, {}, {}, 201)
  await until('the order is applied', () => isQuiet(shop))
  const { jetstreamManager } = await import('@nats-io/jetstream')
  const { connect } = await import('@nats-io/transport-node')
  const url = new URL(own.running.natsUrl)
  const nats = await connect({ servers: url.host, user: url.username, pass: url.password })
  const { streams } = await jetstreamManager(nats)
  const { state } = await streams.info('EVENTS_s0', { subjects_filter: `>` })
  const lost = Object.entries(state.subjects ?? {}).filter(([subject]) => subject.includes(`.${shop.id}.`))
  expect(lost, 'there is something to lose').not.toEqual([])
  await streams.delete('EVENTS_s0')
  const [again] = await buyers(shop, 1, [[{ variant_id: variant.id, quantity: 2 }]])
  await checkout(again!, {}, {}, 201)
  await region().restart()
  await until('all that was lost is there again', async () => {
    const { state } = await streams.info('EVENTS_s0', { subjects_filter: `>` })
    return lost.every(([subject, n]) => (state.subjects?.[subject] ?? 0) >= n)
  }, 60_000)
  await nats.close()
  await until('everything has come to rest', () => isQuiet(shop), 60_000)
  expect(await stockOf(shop, variant.id)).toEqual({ stock: 5, reserved: 0 })
})

test('a MariaDB killed and started again loses no acknowledged order', {
  timeout: 150_000,
}, () =>
  untilHit('checkouts unanswered when MariaDB was gone', async () => {
    const shop = await newShop({ on: own.running })
    const { variants: [variant] } = await newProduct(await shop.owner(), { stock: 100 })
    const crowd = await buyers(shop, 20, [[{ variant_id: variant.id, quantity: 1 }]])
    const inFlight = new InFlight()
    const placing = crowd.map(async (buyer, i) => {
      await sleep(i * 20)
      return await inFlight.track(
        checkout(buyer, {}, { 'idempotency-key': `db-${i}` }).catch(() => undefined),
      )
    })
    await until('orders are being placed', async () => (await unfinished(shop)).pending > 0)
    const interrupted = await inFlight.hitBy(() => own.platform.servers.killMariaDb())
    await sleep(100)
    await own.platform.servers.restartMariaDb()
    const acknowledged = (await Promise.all(placing)).filter((answer) => answer?.status === 201)
    await until('everything has come to rest', () => isQuiet(shop), 60_000)
    const sold = await unitsIn(shop, variant.id, 'confirmed')
    expect(sold.orders).toBeGreaterThanOrEqual(acknowledged.length)
    const found = await Promise.all(
      acknowledged.map((answer) =>
        shop.rows('orders', 'SELECT 1 FROM orders WHERE order_number = ?', [answer!.body.order_number])
      ),
    )
    expect(found.every((rows) => rows.length === 1)).toBe(true)
    expect(await stockOf(shop, variant.id)).toEqual({ stock: 100 - sold.units, reserved: 0 })
    return interrupted > 0
  }))

test('provisioning killed at any moment resumes or rolls back completely: no half tenant', {
  timeout: 200_000,
}, async () => {
  const spec = (i: number) => ({
    company_name: `Kill ${i} ${Date.now().toString(36)}`,
    owner: { email: 'owner@example.com', first_name: 'O', last_name: 'O' },
  })
  const made: string[] = []
  /** Makes a shop and kills the region once it has come so far; how far it was, or nothing when it was finished. */
  const killAt = async (progress: number): Promise<number | undefined> => {
    const answer = await operator(own.running).call('POST', '/platform/v1/tenants', spec(made.length))
    expect(answer.status).toBe(202)
    made.push(answer.body.id)
    await untilProgress(answer.body.id, progress)
    await region().child.kill('SIGKILL')
    const hit = await progressOf(answer.body.id)
    await region().restart()
    return hit
  }
  const all = tenantServices.length
  const hits: number[] = []
  for (const progress of [0, 1, all >> 1, all, all + 1, all + 2]) {
    const hit = await killAt(progress) ?? await killAt(progress)
    if (hit !== undefined) hits.push(hit)
  }
  expect(new Set(hits).size, `different moments that were hit, of ${hits}`).toBeGreaterThanOrEqual(3)
  expect(Math.min(...hits), 'one while databases were made').toBeLessThan(all)
  expect(Math.max(...hits), 'one when all were there').toBeGreaterThanOrEqual(all)
  for (const id of made) {
    const state = await until(`${id} is whole or gone`, async () => {
      const { body } = await operator(own.running).call('GET', `/platform/v1/tenants/${id}`)
      return ['active', 'failed'].includes(body.status) && body.status
    }, 90_000)
    expect(await databasesOf(id)).toHaveLength(state === 'active' ? tenantServices.length : 0)
    if (state === 'active') await untilSells(id)
  }
})

const tenantServices = registry.filter((service) => service.scope === 'tenant')

/** Databases and steps of a provisioning that are there; undefined of one that is at its end. */
async function progressOf(id: string, given?: mysql.Connection): Promise<number | undefined> {
  const connection = given ?? await mysql.createConnection({ uri: own.running.databaseUrl })
  const [[row]] = await connection.query(
    `SELECT (SELECT COUNT(*) FROM ??.provisioning_steps s WHERE s.provisioning_id = p.id AND s.status = 'done')
       + (SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name IN (?)) AS progress
     FROM ??.provisionings p WHERE p.tenant_id = ? AND p.finished_at IS NULL`,
    [PLATFORM_DATABASE, databaseNames(id), PLATFORM_DATABASE, id],
  ) as unknown as [{ progress: number }[]]
  if (!given) await connection.end()
  return row && Number(row.progress)
}

/** Without a pause: the last steps take milliseconds. */
async function untilProgress(id: string, wanted: number): Promise<void> {
  const connection = await mysql.createConnection({ uri: own.running.databaseUrl })
  const end = Date.now() + 20_000
  while ((await progressOf(id, connection) ?? Infinity) < wanted) {
    if (Date.now() > end) throw new Error(`${id} has not come as far as ${wanted} in 20 s`)
  }
  await connection.end()
}

const databaseNames = (id: string) => tenantServices.map((service) => databaseName(id, service.name))

async function databasesOf(id: string): Promise<string[]> {
  const connection = await mysql.createConnection({ uri: own.running.databaseUrl })
  const [rows] = await connection.query('SHOW DATABASES') as unknown as [{ Database: string }[]]
  await connection.end()
  return rows.map((row) => row.Database).filter((name) => databaseNames(id).includes(name))
}

/** A shop that is active is whole: its owner signs in, and can sell. */
async function untilSells(id: string): Promise<void> {
  const { domain, website } = await operator(own.running).untilActive(id)
  const shop = new Shop(own.running, { id, domain, website }, { plan: 'standard', currency: 'EUR' })
  const { variants: [variant] } = await newProduct(await shop.owner(), { stock: 1 })
  const [buyer] = await buyers(shop, 1, [[{ variant_id: variant.id, quantity: 1 }]])
  await checkout(buyer!, {}, {}, 201)
}
