import { DrizzleQueryError, sql } from 'drizzle-orm'
import { int, mysqlTable } from 'drizzle-orm/mysql-core'
import { expect, test } from 'vitest'
import { Problem } from '../errors/problem.ts'
import { Database } from './database.ts'
import type { Pools, Target } from './pools.ts'
import { prepared } from './prepared.ts'
import { isDuplicate, isUnavailable, isUnstorable } from './sql-errors.ts'

const refused = (error: object) => new DrizzleQueryError('insert', [], Object.assign(new Error('x'), error))
const t = mysqlTable('t', { n: int('n') })
const all = prepared((db) => db.select().from(t))

test.each([
  ['prepared', (db: Database) => all(db.executor)],
  ['as text', (db: Database) => db.executor.execute(sql`select 1`)],
])('a statement, %s, that gets no connection in time is to be tried later', async (_, run) => {
  const pools = { acquire: () => Promise.reject(new Problem('unavailable')) } as unknown as Pools
  const error = await Promise.resolve(run(new Database(pools, {} as Target))).catch((reason: unknown) =>
    reason
  )
  expect(error instanceof Problem ? error.code === 'unavailable' : isUnavailable(error)).toBe(true)
})

test('a server that is away or full may be back, one that refuses a statement will refuse it again', () => {
  for (const code of ['ECONNREFUSED', 'PROTOCOL_CONNECTION_LOST', 'ER_CON_COUNT_ERROR']) {
    expect(isUnavailable(refused({ code }))).toBe(true)
    expect(isUnavailable(Object.assign(new Error('x'), { code }))).toBe(true)
  }
  expect(isUnavailable(refused({ errno: 1062, code: 'ER_DUP_ENTRY' }))).toBe(false)
  expect(isUnavailable(refused({ message: 'connection is in closed state' }))).toBe(true)
})

test('what a server refused is known by its number, whether the statement is told with it or not', () => {
  const bare = Object.assign(new Error('x'), { errno: 1062, sqlMessage: "Duplicate entry for key 't_slug'" })
  for (const error of [bare, new DrizzleQueryError('insert', [], bare)]) {
    expect(isDuplicate(error)).toBe(true)
    expect(isDuplicate(error, 't_slug')).toBe(true)
    expect(isDuplicate(error, 't_name')).toBe(false)
  }
  expect(isUnstorable(refused({ errno: 1406 }))).toBe(true)
  expect(isUnstorable(refused({ errno: 1062 }))).toBe(false)
})
