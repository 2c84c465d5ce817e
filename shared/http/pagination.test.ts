import { eq, type SQL } from 'drizzle-orm'
import { MySqlDialect, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { expect, test } from 'vitest'
import { amount, id, instant } from '../db/columns.ts'
import { newId } from '../kernel/id.ts'
import { encodeCursor, keyset } from './pagination.ts'

const notes = mysqlTable('notes', {
  id: id('id', 'note').primaryKey(),
  price: amount('price').notNull(),
  name: varchar('name', { length: 20 }),
  made_at: instant('made_at').notNull(),
})
const order = keyset('price', { price: notes.price, made_at: notes.made_at, id: notes.id })
const row = { price: 5, made_at: new Date('2026-01-02T03:04:05.678Z'), id: newId('note') }

test('a page ends where there is no more, and says how to go on where there is', () => {
  const rows = [row, { ...row, price: 6 }, { ...row, price: 7 }]
  expect(order.page(rows, 3, ({ price }) => price)).toEqual({
    data: [5, 6, 7],
    has_more: false,
    next_cursor: null,
  })
  const page = order.page(rows, 2, ({ price }) => price)
  expect(page).toMatchObject({ data: [5, 6], has_more: true })
  const { sql, params } = new MySqlDialect().sqlToQuery(order.after(page.next_cursor!)!)
  expect(sql.match(/>/g)).toHaveLength(3)
  expect(params).toContain(6)
})

test.each([
  ['of another order', encodeCursor('name', [5, row.made_at, row.id])],
  ['with too few values', encodeCursor('price', [5, row.id])],
  ['with a number that is text', encodeCursor('price', ['5', row.made_at, row.id])],
  ['with a time that is none', encodeCursor('price', [5, 'yesterday', row.id])],
  ['with a time after all that can be stored', encodeCursor('price', [5, new Date(8.64e15), row.id])],
  ['with a time before our era', encodeCursor('price', [5, new Date(-8.64e15), row.id])],
  ['with a number that has no end', Buffer.from(`["price",1e400,1,"${row.id}"]`).toString('base64url')],
  ['with an id of something else', encodeCursor('price', [5, row.made_at, newId('prod')])],
  ['with an id that is none', encodeCursor('price', [5, row.made_at, 'x'])],
  ['with nothing where there is always something', encodeCursor('price', [null, row.made_at, row.id])],
  ['with an object', Buffer.from(JSON.stringify(['price', {}, 1, 2])).toString('base64url')],
  ['that is no JSON', Buffer.from('{').toString('base64url')],
  ['that is nothing', ''],
])('a cursor %s is refused', (_name, cursor) => {
  expect(() => order.after(cursor)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }))
})

test.each([
  ['a fraction where money is counted', [5.5, row.made_at, row.id]],
  ['more than a number holds', [1e300, row.made_at, row.id]],
  ['a time beyond those of a DATETIME', [5, '+275760-09-13T00:00:00.000Z', row.id]],
  ['a time that is a number', [5, 1, row.id]],
])('a cursor with %s is refused', (_name, position) => {
  const cursor = encodeCursor('price', position)
  expect(() => order.after(cursor)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }))
  expect(() => order.position(cursor)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }))
})

test('for a prepared statement the condition has parameters, and a cursor gives each its value', () => {
  const { sql, params } = new MySqlDialect().sqlToQuery(order.beyond)
  expect(sql).toBe(
    '(`notes`.`price` >= ? AND (`notes`.`price` > ? OR (`notes`.`made_at` >= ? AND (`notes`.`made_at` > ? OR `notes`.`id` > ?))))',
  )
  const names = params.map((each) =>
    (each as { value: { name: string } }).value?.name ?? (each as { name: string }).name
  )
  const { next_cursor } = order.page([row, row], 1, () => 0)
  const position = order.position(next_cursor!)!
  expect(position).toEqual({ after_price: 5, after_made_at: row.made_at, after_id: row.id })
  expect(new Set(names)).toEqual(new Set(Object.keys(position)))
  expect(order.position(undefined)).toBeUndefined()
})

test('a position needs a value everywhere: nothing goes on from none', () => {
  const byName = keyset('name', { name: notes.name, id: notes.id })
  const cursor = encodeCursor('name', [null, row.id])
  expect(() => byName.position(cursor)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }))
})

test('the first page needs no cursor', () => {
  expect(order.after(undefined)).toBeUndefined()
})

test('a list reads one row more than it shows, after the cursor and of those that are meant', async () => {
  const asked: { where?: SQL; columns?: number; count?: number } = {}
  const select = {
    where: (where?: SQL) => ({
      orderBy: (...columns: SQL[]) => ({
        limit(count: number) {
          Object.assign(asked, { where, columns: columns.length, count })
          return Promise.resolve([row, { ...row, price: 6 }])
        },
      }),
    }),
  }
  const cursor = encodeCursor('price', [4, row.made_at, row.id])
  const page = await order.list(select, { limit: 1, cursor }, ({ price }) => price, eq(notes.name, 'mine'))
  expect(page).toMatchObject({ data: [5], has_more: true })
  expect(asked).toMatchObject({ columns: 3, count: 2 })
  const { sql, params } = new MySqlDialect().sqlToQuery(asked.where!)
  expect(sql).toMatch(/^\(`notes`.`name` = \? and \(`notes`.`price` > \? or /)
  expect(params.slice(0, 2)).toEqual(['mine', 4])
})
