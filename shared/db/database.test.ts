import { int, mysqlTable } from 'drizzle-orm/mysql-core'
import { sql } from 'drizzle-orm'
import mysql, { type Connection } from 'mysql2/promise'
import { expect, test } from 'vitest'
import { Database, type Executor, executorOf, type Mark, prepared } from './database.ts'
import type { PooledConnection, Pools, Target } from './pools.ts'

type Refusal = { errno?: number; fatal?: boolean }

/** A connection that notes what it is asked, and refuses what it is told to. */
class Fake {
  readonly log: string[] = []
  readonly values: unknown[] = []
  readonly refusals: Record<string, Refusal[]> = {}
  readonly connection = {
    query: (statement: string | { sql: string }, values?: unknown[]) => this.#run('', statement, values),
    execute: (statement: string | { sql: string }, values?: unknown[]) =>
      this.#run('prepared ', statement, values),
  } as unknown as Connection
  readonly pools = {
    acquire: (target: Target) => Promise.resolve({ connection: this.connection, target, idleSince: 0 }),
    release: (_: PooledConnection) => void this.log.push('released'),
    discard: (_: PooledConnection) => void this.log.push('discarded'),
  } as unknown as Pools

  #run(how: string, statement: string | { sql: string }, values?: unknown[]): Promise<unknown> {
    const text = `${how}${typeof statement === 'string' ? statement : statement.sql}`
    this.log.push(text)
    this.values.push(values)
    const refusal = this.refusals[text]?.shift()
    return refusal ? Promise.reject(Object.assign(new Error('refused'), refusal)) : Promise.resolve([[], []])
  }
}
const databaseOn = (fake: Fake, mark?: Mark) => new Database(fake.pools, {} as Target, mark)
const write = (db: Executor) => db.execute(sql.raw('write'))

test('a transaction commits on one connection, which is anybody’s again', async () => {
  const fake = new Fake()
  await databaseOn(fake).transaction(write)
  expect(fake.log).toEqual(['begin', 'write', 'commit', 'released'])
})

test('what throws is rolled back', async () => {
  const fake = new Fake()
  await expect(databaseOn(fake).transaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(fake.log).toEqual(['begin', 'rollback', 'released'])
})

test('a connection that can’t even roll back is closed', async () => {
  const fake = new Fake()
  fake.refusals.rollback = [{ fatal: true }]
  await expect(databaseOn(fake).transaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(fake.log.at(-1)).toBe('discarded')
})

test.each([
  ['a deadlock', 1213, 4],
  ['a wait for a lock, of seconds', 1205, 2],
  ['a duplicate', 1062, 1],
])('%s is tried %i times', async (_, errno, times) => {
  const fake = new Fake()
  fake.refusals.write = Array(10).fill({ errno })
  await expect(databaseOn(fake).transaction(write)).rejects.toMatchObject({ cause: { errno } })
  expect(fake.log.filter((each) => each === 'write')).toHaveLength(times)
})

test('a transaction is marked before it commits', async () => {
  const fake = new Fake()
  let isMarked = false
  const mark: Mark = {
    ensure: () => {
      if (isMarked) return undefined
      return Promise.resolve().then(() => {
        isMarked = true
        fake.log.push('marked')
      })
    },
  }
  await databaseOn(fake, mark).transaction(write)
  expect(fake.log.indexOf('marked')).toBeGreaterThanOrEqual(0)
  expect(fake.log.indexOf('marked')).toBeLessThan(fake.log.indexOf('commit'))
})

const table = mysqlTable('t', { n: int('n') })
const page = prepared((db) => db.select().from(table).limit(sql.placeholder('limit')))
const SELECT = 'select `n` from `t` limit ?'

test('an integer is an integer in a prepared statement too', async () => {
  const fake = new Fake()
  await page(executorOf(fake.connection), { limit: 21 })
  expect(fake.log).toEqual([`prepared ${SELECT}`])
  expect(fake.values).toEqual([[mysql.TypedParameter.LONGLONG(21)]])
})

test('where the server prepares no more, the statement goes as text, as it is', async () => {
  const fake = new Fake()
  fake.refusals[`prepared ${SELECT}`] = [{ errno: 1461 }]
  await page(executorOf(fake.connection), { limit: 21 })
  expect(fake.log).toEqual([`prepared ${SELECT}`, SELECT])
  expect(fake.values.at(-1)).toEqual([21])
})

test('whatever else is refused is not run again', async () => {
  const fake = new Fake()
  fake.refusals[`prepared ${SELECT}`] = [{ errno: 1146 }]
  await expect(page(executorOf(fake.connection), { limit: 21 })).rejects.toMatchObject({
    cause: { errno: 1146 },
  })
  expect(fake.log).toHaveLength(1)
})
