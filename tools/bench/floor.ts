import process from 'node:process'
import { Hono } from 'hono'
import mysql, { type PoolConnection, type RowDataPacket } from 'mysql2/promise'
import { FLOOR_DATABASE } from './floor-tables.ts'
import { addToBasket, placeOrder } from './floor-writes.ts'

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen(): void },
    handler: (request: Request) => Response | Promise<Response>,
  ): unknown
}

/** What this process is told through FLOOR. */
export type FloorSettings = { databaseUrl: string; connections: number }

/** Of a list and a search. */
const PAGE = 20

/**
 * The least that these answers can cost with the same parts: bare Hono on Deno, and mysql2 with statements prepared on
 * the server. It knows no shop, no user and no rule, checks nothing and tells nobody; what it shows lies there as text.
 */
const { databaseUrl, connections } = JSON.parse(process.env.FLOOR!) as FloorSettings
// As the region's.
const reading = poolOf("SET SESSION tx_isolation = 'READ-COMMITTED'")
// Whose first statement opens a transaction, so that none is sent for that alone.
const writing = poolOf("SET SESSION tx_isolation = 'READ-COMMITTED', autocommit = 0")

const app = new Hono()
app.get('/', (c) => c.text('ok'))
app.get('/documents/:slug', async (c) => {
  const [[row]] = await reading.execute<RowDataPacket[]>(
    'SELECT detail, etag FROM documents WHERE slug = ?',
    [
      c.req.param('slug'),
    ],
  )
  if (!row) return c.notFound()
  return c.body(row.detail, 200, { 'content-type': 'application/json', etag: row.etag })
})
app.get('/cards', async (c) => {
  const [rows] = await reading.execute<RowDataPacket[]>(
    `SELECT card FROM cards WHERE position >= ? ORDER BY position LIMIT ${PAGE}`,
    [Number(c.req.query('from'))],
  )
  return page(rows)
})
app.get('/cards/search', async (c) => {
  const [rows] = await reading.execute<RowDataPacket[]>(
    `SELECT card FROM cards WHERE MATCH(words) AGAINST (? IN BOOLEAN MODE) LIMIT ${PAGE}`,
    [c.req.query('q')!],
  )
  return page(rows)
})
app.post('/baskets/:basket/items', async (c) => {
  const { variant_id, quantity } = await c.req.json<{ variant_id: number; quantity: number }>()
  const basket = Number(c.req.param('basket'))
  return c.json(await transaction((tx) => addToBasket(tx, basket, variant_id, quantity)))
})
app.post('/orders', async (c) => {
  const { basket, billing_address } = await c.req.json<{ basket: number; billing_address: unknown }>()
  return c.json(await transaction((tx) => placeOrder(tx, basket, billing_address)), 201)
})
Deno.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT), onListen() {} }, app.fetch)

const page = (rows: RowDataPacket[]) =>
  new Response(`{"data":[${rows.map(({ card }) => card).join(',')}]}`, {
    headers: { 'content-type': 'application/json' },
  })

async function transaction<T>(work: (tx: PoolConnection) => Promise<T>): Promise<T> {
  const tx = await writing.getConnection()
  try {
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

function poolOf(session: string) {
  const pool = mysql.createPool({
    uri: databaseUrl,
    database: FLOOR_DATABASE,
    connectionLimit: connections,
    timezone: 'Z',
    charset: 'utf8mb4',
    trace: false,
  } as mysql.PoolOptions)
  // mysql2 runs it before whatever the connection was opened for.
  pool.on('connection', (connection) => connection.query(session))
  return pool
}
