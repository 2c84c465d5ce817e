import { expect, test } from 'vitest'
import { databaseName, Databases, userName } from './databases.ts'
import type { Pools, Target } from './pools.ts'

/** Notes what is asked for. */
class Asked {
  readonly targets: Target[] = []
  acquire = (target: Target) => {
    this.targets.push(target)
    return Promise.reject(new Error('no server'))
  }
}
const databasesOver = (asked: Asked, maxKnown?: number) =>
  new Databases(asked as unknown as Pools, { host: 'h', port: 1 }, 'A'.repeat(43), maxKnown)

test('a plan that changed reaches a database that is open already', async () => {
  const asked = new Asked()
  const databases = databasesOver(asked)
  const before = databases.ofTenant('shop-1', 'orders', 10)
  await before.transaction(() => Promise.resolve()).catch(() => {})
  databases.ofTenant('shop-1', 'orders', 30)
  await before.transaction(() => Promise.resolve()).catch(() => {})
  expect(asked.targets[0]).toBe(asked.targets[1])
  expect(asked.targets[1]!.limit).toBe(30)
})

test('each shop is told apart for the pools, whichever of its databases it uses', async () => {
  const asked = new Asked()
  const databases = databasesOver(asked)
  for (const service of ['orders', 'products']) {
    await databases.ofTenant('shop-1', service, 1).transaction(() => Promise.resolve()).catch(() => {})
  }
  expect(asked.targets.map(({ shop }) => shop)).toEqual(['shop-1', 'shop-1'])
  expect(asked.targets[0]!.user).toBe(userName(databaseName('shop-1', 'orders')))
})

test('what is in use is remembered, what is not is forgotten: memory doesn’t grow with every shop for ever', () => {
  const databases = databasesOver(new Asked(), 10)
  const [used, once] = [databases.ofTenant('used', 'orders', 1), databases.ofTenant('once', 'orders', 1)]
  for (let i = 0; i < 100; i++) {
    databases.ofTenant(`shop-${i}`, 'orders', 1)
    expect(databases.ofTenant('used', 'orders', 1)).toBe(used)
  }
  expect(databases.ofTenant('once', 'orders', 1)).not.toBe(once)
})
