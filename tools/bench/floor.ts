import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Hono } from 'hono'
import mysql, { type PoolConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import { FLOOR_DATABASE } from './floor-tables.ts'
import { type Reads, type Statement, statementsOf } from './statements.ts'

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen(): void },
    handler: (request: Request) => Response | Promise<Response>,
  ): unknown
}

/** What this process is told through FLOOR. */
export type FloorSettings = {
  databaseUrl: string
  /** The shop's catalogue, with the very rows that the region reads. */
  catalogue: string
  /** A JSON file of `Reads`: `/detail/7` is the read with that number. */
  reads: string
  connections: number
}

/**
 * The least that these answers can cost with the same parts: bare Hono on Deno and mysql2 with statements prepared on
 * the server. It knows no shop, no user and no rule, checks nothing and tells nobody.
 */
const { databaseUrl, catalogue, reads, connections } = JSON.parse(process.env.FLOOR!) as FloorSettings
const statements = await statementsOf(JSON.parse(readFileSync(reads, 'utf8')) as Reads)
const shop = poolOf(catalogue)
const own = poolOf(FLOOR_DATABASE)

// Sixteen numbers in JSON for each id would cost the floor more than its rows.
Buffer.prototype.toJSON = function () {
  return this.toString('hex') as never
}

const app = new Hono()
app.get('/', (c) => c.text('ok'))
for (const [name, all] of Object.entries(statements) as [keyof Reads, Statement[]][]) {
  app.get(`/${name}/:n`, async (c) => {
    const { sql, values } = all[Number(c.req.param('n'))]!
    const [rows] = await shop.execute(sql, values)
    return c.json(rows)
  })
}
app.post('/baskets/:basket/items', async (c) => {
  const { variant_id, quantity } = await c.req.json<{ variant_id: number; quantity: number }>()
  const basket = Number(c.req.param('basket'))
  return c.json(await transaction((tx) => addToBasket(tx, basket, variant_id, quantity)))
})
app.post('/orders', async (c) => {
  const { basket, billing_address } = await c.req.json<{ basket: number; billing_address: unknown }>()
  return c.json(await transaction((tx) => order(tx, basket, billing_address)), 201)
})
Deno.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT), onListen() {} }, app.fetch)

/** 5 statements with BEGIN and COMMIT. */
async function addToBasket(tx: PoolConnection, basket: number, variant_id: number, quantity: number) {
  const now = new Date()
  const [[variant]] = await tx.execute<RowDataPacket[]>('SELECT name, price FROM variants WHERE id = ?', [
    variant_id,
  ])
  await tx.execute(
    `INSERT INTO basket_lines VALUES (?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE quantity = quantity + VALUES(quantity), price = VALUES(price), updated_at = VALUES(updated_at)`,
    [basket, variant_id, quantity, variant!.price, now],
  )
  await tx.execute(
    'UPDATE baskets SET version = version + 1, subtotal = subtotal + ?, updated_at = ? WHERE id = ?',
    [
      quantity * variant!.price,
      now,
      basket,
    ],
  )
  return { basket, line: { variant_id, quantity, ...variant } }
}

/** 8 statements with BEGIN and COMMIT, for a basket of one line. */
async function order(tx: PoolConnection, basket: number, address: unknown) {
  const now = new Date()
  const [lines] = await tx.execute<RowDataPacket[]>(
    'SELECT l.variant_id, l.quantity, v.name, v.price FROM basket_lines l JOIN variants v ON v.id = l.variant_id WHERE l.basket_id = ?',
    [basket],
  )
  const net = lines.reduce((sum, line) => sum + line.price * line.quantity, 0)
  const vat = Math.round(net / 5)
  const [{ insertId: id }] = await tx.execute<ResultSetHeader>(
    `INSERT INTO orders (customer_id, status, net, vat, gross, billing_address, placed_at) VALUES (?, 'confirmed', ?, ?, ?, ?, ?)`,
    [basket, net, vat, net + vat, JSON.stringify(address), now],
  )
  await tx.execute(
    `INSERT INTO order_lines (order_id, variant_id, name, quantity, unit_net) VALUES ${
      lines.map(() => '(?, ?, ?, ?, ?)')
    }`,
    lines.flatMap((line) => [id, line.variant_id, line.name, line.quantity, line.price]),
  )
  const [{ affectedRows }] = await tx.execute<ResultSetHeader>(
    `UPDATE variants v JOIN basket_lines l ON l.variant_id = v.id SET v.stock = v.stock - l.quantity
     WHERE l.basket_id = ? AND v.stock >= l.quantity`,
    [basket],
  )
  if (affectedRows !== lines.length) throw new Error('out of stock')
  await tx.execute('INSERT INTO reservations VALUES (?, ?, ?)', [id, JSON.stringify(lines), now])
  const placed = { id, basket, net, vat, gross: net + vat, lines, billing_address: address, placed_at: now }
  await tx.execute('INSERT INTO outbox (subject, envelope, created_at) VALUES (?, ?, ?)', [
    'floor.order.confirmed',
    JSON.stringify(placed),
    now,
  ])
  return placed
}

async function transaction<T>(work: (tx: PoolConnection) => Promise<T>): Promise<T> {
  const tx = await own.getConnection()
  try {
    await tx.query('BEGIN')
    const result = await work(tx)
    await tx.query('COMMIT')
    return result
  } catch (error) {
    await tx.query('ROLLBACK')
    throw error
  } finally {
    tx.release()
  }
}

function poolOf(database: string) {
  const pool = mysql.createPool({
    uri: databaseUrl,
    database,
    connectionLimit: connections,
    timezone: 'Z',
    charset: 'utf8mb4',
  })
  // As the region's.
  pool.on(
    'connection',
    (connection) => connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'),
  )
  return pool
}
