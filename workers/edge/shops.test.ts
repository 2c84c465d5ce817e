import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Shop, shopOf, Shops } from './shops.ts'
import { MemoryKv, shopWith, TENANT, TestLifetime } from './testing.ts'

const HOST = 'abc.localhost'
const lifetime = new TestLifetime()

/** A source that counts, and answers what it is told to. */
function counted(answer: () => Promise<Shop | null> = () => Promise.resolve(shopWith())) {
  const source = vi.fn((_domain: string) => answer())
  const kv = new MemoryKv()
  return { source, kv, shops: new Shops(kv, source) }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('many requests for one domain cost one look-up', async () => {
  const { source, shops } = counted(() => new Promise((resolve) => setTimeout(() => resolve(shopWith()), 5)))
  const found = Array.from({ length: 50 }, () => shops.find(HOST, lifetime))
  await vi.advanceTimersByTimeAsync(10)
  expect((await Promise.all(found)).every((shop) => shop?.tenant.id === TENANT.id)).toBe(true)
  expect(source).toHaveBeenCalledTimes(1)
})

test('a look-up whose request is gone does not hold up those that wait for it', async () => {
  let calls = 0
  const { shops } = counted(() => ++calls === 1 ? new Promise(() => {}) : Promise.resolve(shopWith()))
  void shops.find(HOST, lifetime)
  await vi.advanceTimersByTimeAsync(100)
  const second = shops.find(HOST, lifetime)
  await vi.advanceTimersByTimeAsync(3_000)
  expect((await second)?.tenant.id).toBe(TENANT.id)
})

test('what is known is believed for 10 s, and a minute longer where KV has it', async () => {
  const { source, kv, shops } = counted()
  await shops.find(HOST, lifetime)
  await vi.advanceTimersByTimeAsync(9_000)
  await shops.find(HOST, lifetime)
  expect(source).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(2_000)
  await shops.find(HOST, lifetime)
  expect(source).toHaveBeenCalledTimes(1)
  kv.entries.clear()
  await vi.advanceTimersByTimeAsync(11_000)
  await shops.find(HOST, lifetime)
  expect(source).toHaveBeenCalledTimes(2)
})

test('an unknown domain is asked for again after 3 s, and never fills KV', async () => {
  const { source, kv, shops } = counted(() => Promise.resolve(null))
  expect(await shops.find(HOST, lifetime)).toBeNull()
  await shops.find(HOST, lifetime)
  expect(source).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(3_001)
  await shops.find(HOST, lifetime)
  expect(source).toHaveBeenCalledTimes(2)
  expect(kv.entries.size).toBe(0)
})

test('what cannot be a domain is never asked for', async () => {
  const { source, shops } = counted()
  for (const host of ['', '-a', 'a..b', '[::1]', `${'a.'.repeat(130)}b`, 'a b']) {
    expect(await shops.find(host, lifetime)).toBeNull()
  }
  expect(source).not.toHaveBeenCalled()
})

test('while the database is away, a known shop stays and an unknown one is unavailable', async () => {
  let isAway = false
  const { kv, shops } = counted(() =>
    isAway ? Promise.reject(new Error('away')) : Promise.resolve(shopWith())
  )
  vi.spyOn(console, 'error').mockReturnValue()
  await shops.find(HOST, lifetime)
  isAway = true
  kv.entries.clear()
  await vi.advanceTimersByTimeAsync(60_000)
  expect((await shops.find(HOST, lifetime))?.tenant.id).toBe(TENANT.id)
  await expect(shops.find('xyz.localhost', lifetime)).rejects.toMatchObject({ code: 'unavailable' })
  await vi.advanceTimersByTimeAsync(30 * 60_000)
  await expect(shops.find(HOST, lifetime)).rejects.toMatchObject({ code: 'unavailable' })
})

test('what was being read when a shop changed is not kept', async () => {
  let status: 'active' | 'maintenance' = 'active'
  const { shops, kv } = counted(async () => {
    const seen = status
    await new Promise((resolve) => setTimeout(resolve, 10))
    return shopWith({ status: seen })
  })
  const old = shops.find(HOST, lifetime)
  await vi.advanceTimersByTimeAsync(1)
  status = 'maintenance'
  await shops.forget(HOST, lifetime)
  await vi.advanceTimersByTimeAsync(10)
  expect((await old)?.tenant.status).toBe('active')
  expect(kv.entries.size).toBe(0)
  const fresh = shops.find(HOST, lifetime)
  await vi.advanceTimersByTimeAsync(10)
  expect((await fresh)?.tenant.status).toBe('maintenance')
})

test('a shop that changes in a burst ends with its last version, though KV refuses writes that come too fast', async () => {
  let version = 1
  const { shops, kv } = counted(() => Promise.resolve({ ...shopWith(), catalogue_version: version }))
  let writable = 0
  const remove = kv.delete
  kv.delete = (key) => {
    if (Date.now() < writable) return Promise.reject(new Error('429 Too Many Requests'))
    writable = Date.now() + 1_000
    return remove(key)
  }
  for (; version <= 5; version++) {
    await shops.forget(HOST, lifetime)
    await shops.find(HOST, lifetime) // fills KV again
  }
  await vi.advanceTimersByTimeAsync(1_200)
  expect(kv.entries.size).toBe(0)
  await vi.advanceTimersByTimeAsync(10_000)
  expect((await shops.find(HOST, lifetime))?.catalogue_version).toBe(version)
})

test('a row becomes a shop: its id is a TypeID again', () => {
  const { id, website: _, ...rest } = TENANT
  const row = {
    ...rest,
    tenant_id: id,
    website_id: new Uint8Array(16).fill(1),
    suspension_reason: null,
    catalogue_version: 7,
  }
  const shop = shopOf(row)
  expect(shop.tenant.website).toMatch(/^site_[0-9a-z]{26}$/)
  expect(shop).toMatchObject({ tenant: { id, domain: TENANT.domain }, catalogue_version: 7 })
})
