import { getTableColumns, getTableName } from 'drizzle-orm'
import type { MySqlTable } from 'drizzle-orm/mysql-core'
import mysql from 'mysql2/promise'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { registry } from '../services/registry.ts'
import { databaseName, databasePassword, userName } from '../shared/db/databases.ts'
import { operations } from './support/contract.ts'
import { newProduct, newPromoCode, placeOrder } from './support/selling.ts'
import { bodyOf, pathOf, prefixesOf } from './support/sample.ts'
import { type Client, newShop, type Shop } from './support/shops.ts'
import { until } from './support/until.ts'

let victim: Shop
let attacker: Shop
let attackerOwner: Client
let theirs: Map<string, string>

beforeAll(async () => {
  ;[victim, attacker] = await Promise.all([newShop(), newShop()])
  await fill(victim)
  attackerOwner = await attacker.owner()
  theirs = await idsOf(victim)
})

/** Makes something of everything a shop can hold. */
async function fill(shop: Shop): Promise<void> {
  const owner = await shop.owner()
  const { variants: [variant] } = await newProduct(owner, { stock: 10 })
  await newPromoCode(owner)
  await owner.post('/v1/admin/categories', { name: 'Things' }, 201)
  await owner.post('/v1/admin/brands', { name: 'Maker' }, 201)
  await owner.post('/v1/admin/product-imports', 'Handle,Title,Variant Price\na,A,1.00\n', 202, {
    'content-type': 'text/csv',
  })
  const customer = await shop.customer()
  await placeOrder(customer, variant.id)
  await customer.post('/v1/baskets/items', { variant_id: variant.id, quantity: 1 }, 200)
}

/** One id of each kind in a shop, read where the rows lie, by its prefix. */
async function idsOf(shop: Shop): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const service of registry.filter((each) => each.scope === 'tenant')) {
    for (const table of Object.values(service.tables) as MySqlTable[]) {
      const column = getTableColumns(table).id
      if (column?.getSQLType() !== 'binary(16)') continue
      const [row] = await shop.rows<{ id: Uint8Array }>(
        service.name,
        `SELECT id FROM \`${getTableName(table)}\` LIMIT 1`,
      )
      if (!row) continue
      const id = column.mapFromDriverValue(row.id) as string
      found.set(id.split('_')[0]!, id)
    }
  }
  return found
}

const withIds = operations.filter((each) => each.document === 'shop' && prefixesOf(each).length > 0)

describe.each(withIds)('$operationId', (operation) => {
  test('answers for another shop’s resource exactly as for one that does not exist', async () => {
    const headers = { 'if-match': '"v1"' }
    const body = bodyOf(operation)
    const foreign = await attackerOwner.call(
      operation.method,
      pathOf(operation, theirs),
      body,
      undefined,
      headers,
    )
    const unknown = await attackerOwner.call(operation.method, pathOf(operation), body, undefined, headers)
    expect(foreign.status).toBeGreaterThanOrEqual(400)
    expect(withoutIds(foreign.body)).toEqual(withoutIds(unknown.body))
    expect(foreign.status).toBe(unknown.status)
  })
})

test('the ids in the victim’s shop cover those that the contracts ask for', () => {
  const asked = new Set(withIds.flatMap(prefixesOf))
  expect([...asked].filter((prefix) => !theirs.has(prefix) && prefix !== 'fail')).toEqual([])
})

test('ids of another shop in a body are refused like unknown ones', async () => {
  const basket = await attacker.customer()
  const foreign = await basket.post('/v1/baskets/items', { variant_id: theirs.get('var'), quantity: 1 })
  expect(foreign.status).toBe(422)
  const order = await basket.post('/v1/orders', {
    basket_id: theirs.get('bask'),
    billing_address: {
      first_name: 'A',
      last_name: 'B',
      line1: 'C',
      city: 'D',
      postal_code: '1000',
      country: 'FR',
    },
    shipping_method: 'standard',
    payment_method: 'manual',
  })
  expect(order.status).toBe(422)
})

test('a list shows nothing of another shop', async () => {
  for (
    const path of [
      '/v1/admin/orders',
      '/v1/admin/products',
      '/v1/admin/baskets',
      '/v1/admin/promo-codes',
      '/v1/admin/product-imports',
    ]
  ) {
    const { body } = await attackerOwner.get(path, 200)
    expect(body.data, path).toEqual([])
  }
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

/** Exact row counts of every table of every tenant and of the platform. */
async function countAll(): Promise<Map<string, number>> {
  const connection = await mysql.createConnection({ uri: inject('platform').databaseUrl })
  try {
    const [tables] = await connection.query(
      `SELECT CONCAT(table_schema, '.', table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema LIKE '%\\_db'`,
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
