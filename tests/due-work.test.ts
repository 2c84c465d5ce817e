import { randomBytes } from 'node:crypto'
import mysql, { type Connection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { databaseName, Databases, PLATFORM_DATABASE } from '../shared/db/databases.ts'
import { type Due, DueWork, type Place } from '../shared/db/due/due-work.ts'
import { Pools } from '../shared/db/pools.ts'
import { idToBytes, newId } from '../shared/kernel/id.ts'
import { newShop, type Shop } from './support/shops.ts'
import { until } from './support/until.ts'

const platform = inject('platform')
const pools = new Pools({ cap: 16 })
const { hostname, port } = new URL(platform.databaseUrl)
const databases = new Databases(pools, { host: hostname, port: Number(port) }, platform.platformSecret)
const dueWork = new DueWork(databases.platform())
let root: Connection

beforeAll(async () =>
  void (root = await mysql.createConnection({ uri: platform.databaseUrl, timezone: 'Z' }))
)
afterAll(async () => {
  await root.end()
  await pools.close()
})

const NOW = new Date()
const at = (ms: number) => new Date(NOW.getTime() + ms)
/** A service that no process hosts: its rows are the test's alone. */
const ownService = () => `t${randomBytes(6).toString('hex')}`
const claim = (service: string, limit = 10, busy: string[] = [], now = NOW) =>
  dueWork.claim([service], busy, limit, now, new Date(now.getTime() + 15_000))
const tenantsOf = (places: Place[]) => places.map(({ tenant }) => tenant).sort()

test('what is due is claimed once, however many processes ask at the same time', async () => {
  const service = ownService()
  const tenants = Array.from({ length: 40 }, (_, i) => `shop-${String(i).padStart(2, '0')}`)
  await dueWork.promise(tenants.map((tenant) => ({ service, tenant })), at(-1))
  const taken: Due[] = []
  await until('all are claimed', async () => {
    const claims = await Promise.all(Array.from({ length: 4 }, () => claim(service, 5)))
    taken.push(...claims.flat())
    return taken.length >= tenants.length
  })
  expect(tenantsOf(taken)).toEqual(tenants)
  expect(await claim(service)).toEqual([])
})

test('a claim ends: what a process died of is taken by another', async () => {
  const service = ownService()
  await dueWork.promise([{ service, tenant: 'a' }], at(-1))
  expect(await claim(service)).toHaveLength(1)
  expect(await claim(service, 10, [], at(14_000))).toEqual([])
  expect(await claim(service, 10, [], at(16_000))).toHaveLength(1)
})

test('a look that goes on keeps its claim', async () => {
  const service = ownService()
  await dueWork.promise([{ service, tenant: 'a' }], at(-1))
  const places = await claim(service)
  await dueWork.renew(places, at(40_000))
  expect(await claim(service, 10, [], at(30_000))).toEqual([])
})

test('a batch holds one place of a shop, and none of a shop that is being visited', async () => {
  const [orders, products] = [ownService(), ownService()]
  const places = [orders, products].flatMap((service) =>
    ['a', 'b', 'c'].map((tenant) => ({ service, tenant }))
  )
  await dueWork.promise(places, at(-1))
  const taken = await dueWork.claim([orders, products], ['c'], 10, NOW, at(15_000))
  expect(tenantsOf(taken)).toEqual(['a', 'b'])
})

test('a promise given before a look keeps nobody; one given later brings another look, at its time', async () => {
  const service = ownService()
  await dueWork.promise([{ service, tenant: 'seen' }, { service, tenant: 'later' }], at(-1))
  const places = await claim(service)
  await dueWork.promise([{ service, tenant: 'later' }], at(2_000))
  for (const place of places) await dueWork.settle({ ...place, upkeepAt: at(1e6) }, NOW, at(9e5))
  expect(await claim(service, 10, [], at(1_999))).toEqual([])
  expect(tenantsOf(await claim(service, 10, [], at(2_000)))).toEqual(['later'])
  expect(tenantsOf(await claim(service, 10, [], at(9e5)))).toEqual(['later', 'seen'])
})

test('a look that began before a promise doesn’t end it, whichever of two looks is written down last', async () => {
  const service = ownService()
  await dueWork.promise([{ service, tenant: 'a' }], at(-1))
  const [place] = await claim(service)
  await dueWork.promise([{ service, tenant: 'a' }], at(1_000))
  const settle = (lookedAt: Date) => dueWork.settle({ ...place!, upkeepAt: at(1e6) }, lookedAt, at(9e5))
  await settle(at(500))
  await settle(NOW)
  expect(await claim(service, 10, [], at(1_000))).toHaveLength(1)
})

test('an idle shop is looked at for its upkeep', async () => {
  const service = ownService()
  await dueWork.promise([{ service, tenant: 'a' }], at(-1))
  const [place] = await claim(service)
  await dueWork.settle({ ...place!, upkeepAt: at(5_000), failures: 0 }, NOW, new Date(8.64e15))
  expect(await claim(service, 10, [], at(4_999))).toEqual([])
  const [again] = await claim(service, 10, [], at(5_000))
  expect(again!.upkeepAt).toEqual(at(5_000))
})

test('a shop that is gone is forgotten, but not while somebody relies on a look', async () => {
  const service = ownService()
  const place = { service, tenant: 'a' }
  await dueWork.promise([place], at(-1))
  await dueWork.forget(place, at(1_000))
  expect(await claim(service)).toHaveLength(1)
  await dueWork.forget(place, at(3_600_000))
  expect(await claim(service, 10, [], at(7_200_000))).toEqual([])
})

test('shops are put on record once; what is known of them stays', async () => {
  const service = ownService()
  const places = Array.from({ length: 1_200 }, (_, i) => ({ service, tenant: `shop-${i}` }))
  await dueWork.promise([places[0]!], at(-1))
  await dueWork.know(places, () => at(60_000))
  await dueWork.know(places, () => at(-1))
  expect(await claim(service)).toHaveLength(1)
  const [rows] = await root.query('SELECT COUNT(*) AS n FROM platform_db.due_work WHERE service = ?', [
    service,
  ])
  expect(rows).toEqual([{ n: 1_200 }])
  await root.query('DELETE FROM platform_db.due_work WHERE service = ?', [service])
})

/** An event of the shop that its process wrote and never published. */
async function leftBehind(shop: Shop, service: string): Promise<string> {
  const id = newId('evt')
  await shop.rows(
    service,
    'INSERT INTO outbox (id, subject, envelope, created_at, claimed_until) VALUES (?, ?, ?, ?, ?)',
    [
      Buffer.from(idToBytes('evt', id)),
      `events.s0.${shop.id}.none.such.event`,
      '{}',
      at(-60_000),
      at(-50_000),
    ],
  )
  return id
}
const isPublished = async (shop: Shop, service: string, id: string) => {
  const [row] = await shop.rows<{ published_at: Date | null }>(
    service,
    'SELECT published_at FROM outbox WHERE id = ?',
    [Buffer.from(idToBytes('evt', id as `evt_${string}`))],
  )
  return row?.published_at !== null
}

test('a shop that writes is marked before, by the service that writes', async () => {
  const shop = await newShop()
  const before = new Date()
  await shop.customer()
  const [rows] = await root.query(
    `SELECT promised_at FROM ${PLATFORM_DATABASE}.due_work WHERE service = 'auth' AND tenant_id = ?`,
    [shop.id],
  ) as unknown as [{ promised_at: Date }[]]
  expect(rows[0]!.promised_at.getTime()).toBeGreaterThan(before.getTime())
})

test('what a crash left is found by its mark', async () => {
  const shop = await newShop()
  const id = await leftBehind(shop, 'orders')
  await dueWork.promise([{ service: 'orders', tenant: shop.id }], new Date())
  await until('the event is published', () => isPublished(shop, 'orders', id))
})

test('a shop whose tables are locked holds up no other, and is served when they are free', async () => {
  const [locked, other] = [await newShop(), await newShop()]
  const ids = [await leftBehind(locked, 'orders'), await leftBehind(other, 'orders')]
  const lock = await mysql.createConnection({
    uri: platform.databaseUrl,
    database: databaseName(locked.id, 'orders'),
  })
  await lock.query('LOCK TABLES outbox WRITE')
  await dueWork.promise([locked, other].map(({ id }) => ({ service: 'orders', tenant: id })), new Date())
  await until('the other shop is served', () => isPublished(other, 'orders', ids[1]!))
  await lock.query('UNLOCK TABLES')
  await lock.end()
  await until('the locked one too', () => isPublished(locked, 'orders', ids[0]!))
})

test('upkeep removes old rows of the kernel’s tables however many there are, and nothing else', async () => {
  const shop = await newShop()
  const OLD = 5_500 // more than two batches
  const days = (n: number) => at(-n * 24 * 3_600_000)
  const bytes = (prefix: 'evt' | 'op') => Buffer.from(idToBytes(prefix, newId(prefix)))
  const fill = async (table: string, row: (time: Date) => unknown[], oldDays: number, youngDays: number) => {
    const rows = [...Array.from({ length: OLD }, () => row(days(oldDays))), row(days(youngDays))]
    for (let i = 0; i < rows.length; i += 1_000) {
      await shop.rows('orders', `INSERT INTO ${table} VALUES ?`, [rows.slice(i, i + 1_000)])
    }
  }
  await shop.rows('orders', 'DELETE FROM outbox')
  await fill('outbox', (time) => [bytes('evt'), 'events.s0.a.b.c.d', '{}', time, time, time, 0], 8, 6)
  await fill('inbox', (time) => ['a-test', bytes('evt'), time], 15, 13)
  const count = async () => {
    const [row] = await shop.rows(
      'orders',
      `SELECT (SELECT COUNT(*) FROM outbox WHERE subject = 'events.s0.a.b.c.d') AS outbox,
        (SELECT COUNT(*) FROM inbox WHERE consumer = 'a-test') AS inbox`,
    )
    return row
  }
  expect(await count()).toEqual({ outbox: OLD + 1, inbox: OLD + 1 })
  await dueWork.promise([{ service: 'orders', tenant: shop.id }], NOW)
  await root.query(
    `UPDATE ${PLATFORM_DATABASE}.due_work SET upkeep_at = ?, due_at = ? WHERE service = 'orders' AND tenant_id = ?`,
    [NOW, NOW, shop.id],
  )
  await until('old rows are gone', async () => {
    const left = await count() as { outbox: number; inbox: number }
    return left.outbox === 1 && left.inbox === 1
  }, 40_000)
})
