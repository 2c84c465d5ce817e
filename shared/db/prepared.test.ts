import { eq, sql } from 'drizzle-orm'
import { boolean, int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import mysql, { type Connection } from 'mysql2/promise'
import { expect, test } from 'vitest'
import { id, instant } from './columns.ts'
import { executorOf, extend } from './executor.ts'
import { arg, argsOf, prepared, preparedRows, preparedSql } from './prepared.ts'

type Refusal = { errno: number }

/** A connection that notes what it is asked, answers with the rows it was given and refuses what it is told to. */
function connecting(rows: unknown[][] = []) {
  const log: string[] = []
  const values: unknown[] = []
  const refusals: Record<string, Refusal[]> = {}
  const ask = (text: string, given: unknown[]) => {
    log.push(text)
    values.push(given)
    const refusal = refusals[text]?.shift()
    return refusal
      ? Promise.reject(Object.assign(new Error('refused'), refusal))
      : Promise.resolve([rows, []])
  }
  const connection = {
    query: ({ sql }: { sql: string }, given: unknown[]) => ask(sql, given),
    prepare: async (text: string) => {
      await ask(`prepare ${text}`, [])
      return { execute: (given: unknown[]) => ask(`run ${text}`, given) }
    },
  } as unknown as Connection
  return { executor: executorOf(connection), log, values, refusals }
}

const shops = mysqlTable('shops', {
  id: id('id', 'sh'),
  name: varchar('name', { length: 9 }),
  opened: instant('opened'),
})
const rooms = mysqlTable('rooms', {
  shop_id: id('shop_id', 'sh'),
  seats: int('seats'),
  is_open: boolean('is_open'),
})
const SHOP = 'sh_00000000000000000000000001'
const BYTES = Buffer.from('00000000000000000000000000000001', 'hex')

const page = prepared((db) => db.select({ seats: rooms.seats }).from(rooms).limit(sql.placeholder('limit')))
const PAGE = 'select `seats` from `rooms` limit ?'

test('an integer is an integer in a prepared statement too', async () => {
  const { executor, log, values } = connecting()
  await page(executor, { limit: 21 })
  expect(log).toEqual([`prepare ${PAGE}`, `run ${PAGE}`])
  expect(values.at(-1)).toEqual([mysql.TypedParameter.LONGLONG(21)])
})

test('a connection prepares a statement once, also for those who ask at the same time', async () => {
  const { executor, log } = connecting()
  await Promise.all([page(executor, { limit: 1 }), page(executor, { limit: 2 })])
  await page(extend(executor, { more: true }), { limit: 3 })
  expect(log.filter((each) => each.startsWith('prepare'))).toHaveLength(1)
})

test('a statement is built once for all connections', async () => {
  let built = 0
  const counted = prepared((db) => {
    built++
    return db.select().from(rooms)
  })
  for (let i = 0; i < 3; i++) await counted(connecting().executor)
  expect(built).toBe(1)
})

test('where the server prepares no more, statements go as text, as they are', async () => {
  const { executor, log, values, refusals } = connecting()
  refusals[`prepare ${PAGE}`] = [{ errno: 1461 }]
  await Promise.all([page(executor, { limit: 21 }), page(executor, { limit: 22 })])
  await page(executor, { limit: 23 })
  expect(log).toEqual([`prepare ${PAGE}`, PAGE, PAGE, PAGE])
  expect(values.slice(1)).toEqual([[21], [22], [23]])
})

test('whatever else is refused is not run again, and the error names the statement', async () => {
  const { executor, log, refusals } = connecting()
  refusals[`run ${PAGE}`] = [{ errno: 1213 }]
  await expect(page(executor, { limit: 1 })).rejects.toMatchObject({
    message: expect.stringContaining(PAGE),
    cause: { errno: 1213 },
  })
  expect(log).toHaveLength(2)
})

test('a statement that could not be prepared is prepared when it is asked for again', async () => {
  const { executor, log, refusals } = connecting()
  refusals[`prepare ${PAGE}`] = [{ errno: 1146 }]
  await expect(page(executor, { limit: 1 })).rejects.toMatchObject({ cause: { errno: 1146 } })
  await page(executor, { limit: 1 })
  expect(log.at(-1)).toBe(`run ${PAGE}`)
})

test('parameters are encoded and cells decoded as their columns store them', async () => {
  const byId = prepared((db) => db.select().from(shops).where(eq(shops.id, arg(shops.id, 'id'))))
  const { executor, values } = connecting([[BYTES, null, '2026-01-02 03:04:05.006']])
  expect(await byId(executor, { id: SHOP })).toEqual([
    { id: SHOP, name: null, opened: new Date('2026-01-02T03:04:05.006Z') },
  ])
  expect(values.at(-1)).toEqual([BYTES])
})

test('a value that was not given is an error, not NULL', async () => {
  const byId = prepared((db) => db.select().from(shops).where(eq(shops.id, arg(shops.id, 'id'))))
  await expect(byId(connecting().executor, {})).rejects.toThrow('id')
})

const joined = prepared((db) =>
  db.select({ shop: shops, room: rooms, half: sql`seats / 2`.mapWith(Number) }).from(shops)
    .leftJoin(rooms, eq(rooms.shop_id, shops.id))
)

test('tables of a join are objects; one that was not found is null', async () => {
  const { executor } = connecting([
    [BYTES, 'a', null, BYTES, 4, 1, '2'],
    [BYTES, 'b', null, null, null, null, null],
  ])
  expect(await joined(executor)).toEqual([
    {
      shop: { id: SHOP, name: 'a', opened: null },
      room: { shop_id: SHOP, seats: 4, is_open: true },
      half: 2,
    },
    { shop: { id: SHOP, name: 'b', opened: null }, room: null, half: null },
  ])
})

test('rows are inserted by one statement for each number of them', async () => {
  const insert = preparedRows(rooms, { ignore: true })
  const { executor, log, values } = connecting()
  const row = { shop_id: SHOP, seats: 1, is_open: false } as const
  await insert(executor, [row, { ...row, is_open: null }])
  await insert(executor, [row, { shop_id: SHOP }])
  const text = 'insert ignore into `rooms` (`shop_id`, `seats`, `is_open`) values (?, ?, ?), (?, ?, ?)'
  expect(log).toEqual([`prepare ${text}`, `run ${text}`, `run ${text}`])
  expect(values.at(-1)).toEqual([BYTES, mysql.TypedParameter.LONGLONG(1), false, BYTES, null, null])
})

test('many rows are not worth a prepared statement', async () => {
  const { executor, log } = connecting()
  await preparedRows(rooms)(executor, Array(9).fill({ shop_id: SHOP, seats: 1, is_open: true }))
  expect(log).toHaveLength(1)
  expect(log[0]).toMatch(/^insert into/)
})

test('a row of a table is inserted by the names of its columns', async () => {
  const insert = prepared((db) => db.insert(rooms).values(argsOf(rooms)))
  const { executor, values } = connecting()
  await insert(executor, { shop_id: SHOP, seats: null, is_open: true })
  expect(values.at(-1)).toEqual([BYTES, null, true])
})

test('what is written by hand is prepared too, its values by name and in their places', async () => {
  const move = preparedSql(() =>
    sql`update ${rooms} join ${shops} on ${eq(shops.id, rooms.shop_id)} set ${rooms.seats} = ${
      arg(rooms.seats, 'seats')
    } where ${shops.name} = ${'a'} and ${rooms.shop_id} = ${arg(rooms.shop_id, 'shop')}`
  )
  const { executor, log, values } = connecting()
  await move(executor, { shop: SHOP, seats: 3 })
  await move(executor, { shop: SHOP, seats: null })
  expect(log.filter((each) => each.startsWith('prepare'))).toEqual([
    'prepare update `rooms` join `shops` on `shops`.`id` = `rooms`.`shop_id` set `rooms`.`seats` = ? ' +
    'where `shops`.`name` = ? and `rooms`.`shop_id` = ?',
  ])
  expect(values.slice(1)).toEqual([[mysql.TypedParameter.LONGLONG(3), 'a', BYTES], [null, 'a', BYTES]])
})
