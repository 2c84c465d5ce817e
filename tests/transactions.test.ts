import { eq, sql } from 'drizzle-orm'
import { boolean, int, json, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { randomBytes } from 'node:crypto'
import mysql, { type Connection } from 'mysql2/promise'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { id, instant } from '../shared/db/columns.ts'
import { affectedRows, arg, Database, prepared, preparedRows } from '../shared/db/database.ts'
import { databaseName, databasePassword, userName } from '../shared/db/databases.ts'
import { DatabaseAdmin } from '../shared/db/admin.ts'
import { Pools } from '../shared/db/pools.ts'
import { newId } from '../shared/kernel/id.ts'

/** What statements and transactions of the pools come to on a server: transactions have no `begin` of their own. */
const NAME = databaseName(`t${randomBytes(3).toString('hex')}`, 'orders')
const { databaseUrl, platformSecret } = inject('platform')
const pools = new Pools({ cap: 20 })
let admin: DatabaseAdmin
let root: Connection

const notes = mysqlTable('notes', {
  id: id('id', 'note').primaryKey(),
  count: int('count').notNull(),
  text: varchar('text', { length: 20 }),
  data: json('data').$type<unknown>(),
  is_done: boolean('is_done').notNull(),
  made_at: instant('made_at').notNull(),
})
const insert = preparedRows(notes, { ignore: true })
const byId = prepared((db) => db.select().from(notes).where(eq(notes.id, arg(notes.id, 'id'))))
const countUp = prepared((db) =>
  db.update(notes).set({ count: sql`${notes.count} + 1` }).where(eq(notes.id, arg(notes.id, 'id')))
)
const note = (changes: Partial<typeof notes.$inferSelect> = {}) => ({
  id: newId('note'),
  count: -1,
  text: 'é 🍞',
  data: { a: [1, 'x', null] },
  is_done: true,
  made_at: new Date('2026-01-02T03:04:05.678Z'),
  ...changes,
})

function database(limit = 10): Database {
  const { hostname, port } = new URL(databaseUrl)
  const user = userName(NAME)
  const password = databasePassword(platformSecret, user)
  return new Database(pools, {
    host: hostname,
    port: Number(port),
    user,
    password,
    database: NAME,
    shop: NAME,
    limit,
  })
}
/** As another client sees them: committed ones. */
const committed = async () => {
  const [[row]] = await root.query(`SELECT COUNT(*) AS n FROM ${NAME}.notes`) as unknown as [[{ n: number }]]
  return row.n
}

beforeAll(async () => {
  root = await mysql.createConnection({ uri: databaseUrl, multipleStatements: true })
  admin = await DatabaseAdmin.connect(databaseUrl, platformSecret)
  await admin.create(NAME)
  await root.query(
    `CREATE TABLE ${NAME}.notes (id BINARY(16) PRIMARY KEY, count INT NOT NULL, text VARCHAR(20),
    data JSON, is_done BOOLEAN NOT NULL, made_at DATETIME(3) NOT NULL)`,
  )
})
beforeEach(() => root.query(`DELETE FROM ${NAME}.notes`))
afterAll(async () => {
  await pools.close()
  await admin.drop(NAME)
  await Promise.all([root.end(), admin.close()])
})

test('a prepared row reads as it was written, and as Drizzle reads it', async () => {
  const db = database().executor
  for (const each of [note(), note({ text: null, data: null, is_done: false, count: 2 ** 31 - 1 })]) {
    await insert(db, [each])
    expect(await byId(db, { id: each.id })).toEqual([each])
    expect(await db.select().from(notes).where(eq(notes.id, each.id))).toEqual([each])
  }
})

test('rows that are there are left out, and counted out', async () => {
  const db = database().executor
  const [a, b] = [note(), note()]
  expect(affectedRows(await insert(db, [a]))).toBe(1)
  expect(affectedRows(await insert(db, [a, b]))).toBe(1)
})

test('a transaction is nobody’s until it commits, and nothing when it throws', async () => {
  const db = database()
  await db.transaction(async (tx) => {
    await insert(tx, [note()])
    expect(await committed()).toBe(0)
  })
  expect(await committed()).toBe(1)
  await expect(db.transaction(async (tx) => {
    await insert(tx, [note()])
    throw new Error('no')
  })).rejects.toThrow('no')
  expect(await committed()).toBe(1)
})

test('on the one connection of a small plan statements commit by themselves, before and after transactions', async () => {
  const db = database(1)
  for (let i = 1; i <= 3; i++) {
    await insert(db.executor, [note()])
    expect(await committed()).toBe(2 * i - 1)
    await db.transaction((tx) => insert(tx, [note()]))
    expect(await committed()).toBe(2 * i)
  }
})

test('many statements and transactions at once keep apart: what was acknowledged is there, nothing else', async () => {
  const db = database()
  const one = async (i: number) => {
    if (i % 3 === 0) return void await insert(db.executor, [note()])
    const refusal = new Error('no')
    const work = db.transaction(async (tx) => {
      await insert(tx, [note()])
      if (i % 3 === 1) throw refusal
    })
    if (i % 3 === 1) await expect(work).rejects.toBe(refusal)
    else await work
  }
  // Each client goes through all three kinds, out of step with the others.
  await Promise.all(Array.from({ length: 30 }, async (_, client) => {
    for (let i = 0; i < 12; i++) await one(client + i)
  }))
  expect(await committed()).toBe(30 * 8)
})

test('two transactions that wait for each other both come to their end', async () => {
  const db = database()
  const [a, b] = [note({ count: 0 }), note({ count: 0 })]
  await insert(db.executor, [a, b])
  let met = 0
  let meet = () => {}
  const together = new Promise<void>((resolve) => meet = resolve)
  const inOrder = (first: typeof a, second: typeof a) =>
    db.transaction(async (tx) => {
      await countUp(tx, { id: first.id })
      if (++met === 2) meet()
      await together
      await countUp(tx, { id: second.id })
    })
  await Promise.all([inOrder(a, b), inOrder(b, a)])
  expect(await byId(db.executor, { id: a.id })).toMatchObject([{ count: 2 }])
})
