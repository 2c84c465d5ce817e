import { z } from '@hono/zod-openapi'
import mysql from 'mysql2/promise'
import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { registry } from '../services/registry.ts'
import { databaseName, databasePassword, userName } from '../shared/db/databases.ts'
import { portPath } from '../shared/service/port.ts'
import { operations } from './support/contract.ts'
import { checksums, fill, idsOf } from './support/filled-shop.ts'
import { bodyOf, pathOf, prefixesOf, sample } from './support/sample.ts'
import { checkout, newProduct, placeOrder } from './support/selling.ts'
import { type Client, newShop, type Shop } from './support/shops.ts'
import { until } from './support/until.ts'

let victim: Shop
let attacker: Shop
let attackerOwner: Client
/** Everything that is the victim's, by prefix. */
let all: Map<string, string[]>
let theirs: Map<string, string>

beforeAll(async () => {
  ;[victim, attacker] = await Promise.all([newShop(), newShop()])
  await fill(victim)
  await buryOne(victim)
  const method = { code: 'by-balloon', name: 'By balloon', price: 0, vat_rate: 0, min_days: 0, max_days: 9 }
  await (await victim.owner()).post('/v1/admin/shipping-methods', method, 201)
  attackerOwner = await attacker.owner()
  all = await idsOf(victim)
  theirs = new Map([...all].map(([prefix, [first]]) => [prefix, first!]))
})

const ofShops = operations.filter((each) => each.document === 'shop')
const withIds = ofShops.filter((each) => prefixesOf(each).length > 0)

describe.each(withIds)('$operationId', (operation) => {
  test('answers for another shop’s resource that it does not exist', async () => {
    const before = await checksums(victim)
    const foreign = await attackerOwner.call(
      operation.method,
      pathOf(operation, theirs),
      bodyOf(operation),
      undefined,
      { 'if-match': '*' },
    )
    expect(foreign).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await checksums(victim)).toEqual(before)
  })
})

test('the ids in the victim’s shop cover those that the contracts ask for', () => {
  const asked = new Set(withIds.flatMap(prefixesOf))
  expect([...asked].filter((prefix) => !theirs.has(prefix))).toEqual([])
})

/** What is named by words of the shop's own, by the parameter; `name` is the platform's: states, queues. */
const named = ofShops.filter((each) => each.path.includes('{') && prefixesOf(each).length === 0)
const parameterOf = ({ path }: { path: string }) => /\{(\w+)\}/.exec(path)![1]!
const rowsNamed: Record<string, [service: string, sql: string]> = {
  product: ['products', `SELECT slug AS name FROM products WHERE status = 'active' LIMIT 1`],
  category: ['products', 'SELECT slug AS name FROM categories LIMIT 1'],
  brand: ['products', 'SELECT slug AS name FROM brands LIMIT 1'],
  code: ['orders', `SELECT code AS name FROM shipping_methods WHERE code = 'by-balloon'`],
}

test('every parameter that names something of a shop is known here', () => {
  expect(new Set(named.map(parameterOf))).toEqual(new Set([...Object.keys(rowsNamed), 'name']))
})

describe.each(named.filter((each) => parameterOf(each) in rowsNamed))('$operationId', (operation) => {
  test('knows nothing by the name that another shop has for it', async () => {
    const [row] = await victim.rows<{ name: string }>(...rowsNamed[parameterOf(operation)]!)
    const ids = { product: 'prod', category: 'cat', brand: 'brand' } as Record<string, string>
    const prefix = ids[parameterOf(operation)]
    const pathTo = (word: string) => operation.path.replace(/\{\w+\}/, encodeURIComponent(word))
    if (operation.method === 'GET') await (await victim.owner()).get(pathTo(row!.name), 200)
    for (const path of [row!.name, ...(prefix ? all.get(prefix)! : [])].map(pathTo)) {
      const before = await checksums(victim)
      const ifMatch = { 'if-match': '*' }
      const foreign = await attackerOwner.call(operation.method, path, bodyOf(operation), undefined, ifMatch)
      expect(foreign).toMatchObject({ status: 404, body: { code: 'not_found' } })
      expect(await checksums(victim)).toEqual(before)
    }
  })
})

const lists = ofShops.filter((each) => each.method === 'GET' && !each.path.includes('{'))

describe.each(lists)('$operationId', (operation) => {
  test('shows nothing of another shop', async () => {
    const query = (operation.spec.parameters ?? []).filter((each: { in: string; required?: boolean }) =>
      each.in === 'query' && each.required
    )
    const search = query.map((each: { name: string }) => `${each.name}=product`).join('&')
    const { status, text } = await attackerOwner.get(`${operation.path}?${search}`)
    expect(status).toBe(200)
    expect([...all.values()].flat().filter((id) => text.includes(id))).toEqual([])
  })
})

const methods = registry.filter((each) => each.scope === 'tenant').flatMap(({ provides }) =>
  provides.flatMap(({ port }) =>
    Object.entries(port.methods).map(([method, { input }]) => ({ port, method, input }))
  )
)

describe.each(methods.map((each) => ({ ...each, name: `${each.port.name}.${each.method}` })))(
  'the port $name',
  ({ port, method, input }) => {
    test('answers for ids of another shop as for ids that nothing has, and changes nothing there', async () => {
      const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })
      const ask = async (ids?: Map<string, string>) => {
        const { status, body } = await attacker.internal(
          portPath(port, method),
          sample(schema, 'shop', ids, true),
        )
        return { status, body: withoutIds(body) }
      }
      const before = await checksums(victim)
      const foreign = await ask(theirs)
      expect(foreign).toEqual(await ask())
      expect(foreign.body?.code).not.toBe('validation_failed')
      expect(await checksums(victim)).toEqual(before)
    })
  },
)

test('a port is closed to whoever has no internal token', async () => {
  const [{ port, method }] = methods as [(typeof methods)[number]]
  for (const client of [attacker.visitor(), attackerOwner]) {
    expect((await client.post(portPath(port, method), {})).status).toBe(404)
  }
})

test('ids of another shop in a body are refused like unknown ones', async () => {
  const basket = await attacker.customer()
  const foreign = await basket.post('/v1/baskets/items', { variant_id: theirs.get('var'), quantity: 1 })
  expect(foreign.status).toBe(422)
  expect((await checkout(basket, { basket_id: theirs.get('bask') })).status).toBe(422)
})

test('the key of another shop’s request is just another key', async () => {
  const headers = { 'idempotency-key': 'the-same-in-both' }
  const input = { name: 'Odd rate', rate: 700 }
  const first = await (await victim.owner()).post('/v1/admin/vat-rates', input, 201, headers)
  const second = await attackerOwner.post('/v1/admin/vat-rates', input, 201, headers)
  expect(second.headers['idempotency-replayed']).toBeUndefined()
  expect(second.body.id).not.toBe(first.body.id)
})

test('a guest’s basket is not to be had at another shop’s domain', async () => {
  const owner = await victim.owner()
  const { variants: [variant] } = await newProduct(owner, { stock: 1 })
  const made = await victim.visitor().post('/v1/baskets/items', { variant_id: variant.id, quantity: 1 }, 200)
  const token = made.headers['basket-token']!
  expect(token).toBeTruthy()
  const there = await attacker.visitor().get('/v1/baskets/current', 200, { 'basket-token': token })
  expect(there.body.lines).toEqual([])
})

test('a customer can’t reach what belongs to another customer of the same shop', async () => {
  const owner = await victim.owner()
  const { variants: [variant] } = await newProduct(owner, { stock: 5 })
  const [alice, eve] = await Promise.all([victim.customer(), victim.customer()])
  const order = await placeOrder(alice, variant.id)
  expect((await eve.get(`/v1/orders/${order.id}`)).body.code).toBe('not_found')
  expect((await eve.post(`/v1/orders/${order.id}/cancel`, {})).body.code).toBe('not_found')
  expect((await eve.get('/v1/orders', 200)).body.data).toEqual([])
})

test('each written row lies in the database of its own shop and service, and nowhere else', async () => {
  const shop = await newShop()
  const before = await countAll()
  await fill(shop)
  await until('all events are published', async () => {
    const pending = await Promise.all(
      registry.filter((each) => each.scope === 'tenant')
        .map((each) =>
          shop.rows<{ n: number }>(each.name, 'SELECT COUNT(*) AS n FROM outbox WHERE published_at IS NULL')
        ),
    )
    return pending.flat().every(({ n }) => n === 0)
  })
  const after = await countAll()
  const grown = [...after].filter(([table, rows]) => rows > (before.get(table) ?? 0)).map(([table]) => table)
  const own = shop.id.replaceAll('-', '_')
  expect(grown.filter((table) => !table.startsWith(`${own}_`) && !table.startsWith('platform_db.'))).toEqual(
    [],
  )
  for (
    const table of [
      'products_db.products',
      'baskets_db.baskets',
      'orders_db.orders',
      'auth_db.users',
      'orders_db.outbox',
      'products_db.reservations',
    ]
  ) {
    expect(grown).toContain(`${own}_${table}`)
  }
})

test('a database user sees its own database alone', async () => {
  const { databaseUrl, platformSecret } = inject('platform')
  const { hostname, port } = new URL(databaseUrl)
  const own = databaseName(attacker.id, 'orders')
  const user = userName(own)
  const connection = await mysql.createConnection({
    host: hostname,
    port: Number(port),
    user,
    password: databasePassword(platformSecret, user),
    database: own,
  })
  try {
    const [databases] = await connection.query('SHOW DATABASES') as unknown as [{ Database: string }[]]
    expect(databases.map((row) => row.Database).sort()).toEqual(['information_schema', own].sort())
    for (
      const database of [
        databaseName(victim.id, 'orders'),
        databaseName(attacker.id, 'auth'),
        'platform_db',
        'mysql',
      ]
    ) {
      await expect(connection.query(`SELECT * FROM \`${database}\`.outbox`)).rejects.toThrow(/denied/)
    }
    await expect(connection.query('CREATE TABLE t (a INT)')).rejects.toThrow(/denied/)
  } finally {
    await connection.end()
  }
})

/** A message that a consumer of this shop could not apply. */
async function buryOne(shop: Shop): Promise<void> {
  await shop.rows(
    'messages',
    `INSERT INTO failed_messages (id, letter_id, consumer, event_id, subject, event_type, payload, reason, code,
       pointers, attempts, status, failed_at, created_at, updated_at)
     VALUES (?, ?, 'orders__anonymise-customer', 'theirs', ?, 'auth.user.deleted', '{}', 'exhausted',
       'handler_failed', '[]', 8, 'failed', utc_timestamp(3), utc_timestamp(3), utc_timestamp(3))`,
    [randomBytes(16), randomBytes(16), `events.s0.${shop.id}.auth.user.deleted`],
  )
}

/** Exact row counts of every table of every tenant and of the platform. */
async function countAll(): Promise<Map<string, number>> {
  const connection = await mysql.createConnection({ uri: inject('platform').databaseUrl })
  try {
    const [tables] = await connection.query(
      `SELECT CONCAT(table_schema, '.', table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema LIKE '%\\_db'
         AND table_name NOT LIKE 'being\\_made\\_by\\_%'`, // a mark of its making, gone when the shop is open
    ) as unknown as [{ name: string }[]]
    const counts = new Map<string, number>()
    for (const { name } of tables) {
      const [[row]] = await connection.query(`SELECT COUNT(*) AS n FROM ${name}`) as unknown as [
        [{ n: number }],
      ]
      counts.set(name, row.n)
    }
    return counts
  } finally {
    await connection.end()
  }
}

// deno-lint-ignore no-explicit-any
const withoutIds = (body: any) =>
  JSON.parse(JSON.stringify(body ?? null).replaceAll(/[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}/g, 'ID'))
