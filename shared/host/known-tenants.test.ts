import { expect, test } from 'vitest'
import type { Tenant } from '../kernel/tenant.ts'
import { KnownTenants } from './known-tenants.ts'

const record = (id: string) => ({ id, plan: 'standard' }) as Tenant

test('no more shops are remembered than allowed, and those last asked for stay', async () => {
  const asked: string[] = []
  const known = new KnownTenants((id) => {
    asked.push(id)
    return Promise.resolve(record(id))
  }, 3)
  for (const id of ['a', 'b', 'c', 'a', 'd', 'e']) expect((await known.get(id))?.id).toBe(id)
  expect(known.size).toBe(3)
  expect(asked).toEqual(['a', 'b', 'c', 'd', 'e'])
  await known.get('a')
  expect(asked).toHaveLength(5)
})

test('many who ask for one shop at once are one question', async () => {
  let asked = 0
  const known = new KnownTenants((id) => {
    asked++
    return Promise.resolve(record(id))
  })
  await Promise.all(Array.from({ length: 20 }, () => known.get('a')))
  expect(asked).toBe(1)
})

test('an answer that was on its way when the shop changed is not remembered', async () => {
  const answers: ((tenant: Tenant) => void)[] = []
  const known = new KnownTenants(() => new Promise((resolve) => answers.push(resolve)))
  const old = known.get('a')
  known.forget('a')
  const fresh = known.get('a')
  answers[1]!({ ...record('a'), plan: 'business' })
  await fresh
  answers[0]!(record('a'))
  await old
  expect((await known.get('a'))?.plan).toBe('business')
})

test('a shop that does not exist is asked for each time, and a question that failed too', async () => {
  const answers = [Promise.resolve(null), Promise.reject(new Error('away')), Promise.resolve(record('a'))]
  const known = new KnownTenants(() => answers.shift()!)
  expect(await known.get('a')).toBeUndefined()
  await expect(known.get('a')).rejects.toThrow('away')
  expect((await known.get('a'))?.id).toBe('a')
})
