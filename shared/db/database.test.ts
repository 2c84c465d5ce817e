import { sql } from 'drizzle-orm'
import type { Connection } from 'mysql2/promise'
import { expect, test } from 'vitest'
import { Database, type Executor, type Mark } from './database.ts'
import type { PooledConnection, Pools, Target } from './pools.ts'

type Refusal = { errno?: number; fatal?: boolean }

/** A connection that notes what it is asked, and refuses what it is told to. */
class Fake {
  readonly log: string[] = []
  readonly values: unknown[] = []
  readonly refusals: Record<string, Refusal[]> = {}
  rows: unknown[] = []
  readonly connection = {
    query: (statement: string | { sql: string }, values?: unknown[]) => this.#run('', statement, values),
    prepare: async (statement: string) => {
      await this.#run('prepare ', statement, [])
      return { execute: (values: unknown[]) => this.#run('prepared ', statement, values) }
    },
  } as unknown as Connection
  readonly pools = {
    acquire: (target: Target, mode = 'statements') => {
      this.log.push(mode)
      return Promise.resolve({ connection: this.connection, target, mode, idleSince: 0 })
    },
    release: (_: PooledConnection) => void this.log.push('released'),
    discard: (_: PooledConnection) => void this.log.push('discarded'),
  } as unknown as Pools

  #run(how: string, statement: string | { sql: string }, values?: unknown[]): Promise<unknown> {
    const text = `${how}${typeof statement === 'string' ? statement : statement.sql}`
    this.log.push(text)
    this.values.push(values)
    const refusal = this.refusals[text]?.shift()
    return refusal
      ? Promise.reject(Object.assign(new Error('refused'), refusal))
      : Promise.resolve([this.rows, []])
  }
}
const databaseOn = (fake: Fake, mark?: Mark) => new Database(fake.pools, {} as Target, mark)
const write = (db: Executor) => db.execute(sql.raw('write'))

test('a transaction commits on one connection, which is anybody’s again', async () => {
  const fake = new Fake()
  await databaseOn(fake).transaction(write)
  expect(fake.log).toEqual(['transaction', 'write', 'commit', 'released'])
})

test('what throws is rolled back', async () => {
  const fake = new Fake()
  await expect(databaseOn(fake).transaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(fake.log).toEqual(['transaction', 'rollback', 'released'])
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
