import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ask, edgeWith, PUBLIC, SHOP, shopWith, TestLifetime } from './testing.ts'

const PRODUCT = `${SHOP}/v1/products/mug`
const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

/** A region that answers when it is told to. */
function slowRegion(headers: HeadersInit = PUBLIC) {
  const waiting: ((response: Response) => void)[] = []
  const edge = edgeWith(() => new Promise<Response>((resolve) => waiting.push(resolve)))
  return {
    edge,
    waiting,
    answer: (body = '{"a":1}') =>
      waiting.splice(0).forEach((resolve) => resolve(new Response(body, { headers }))),
  }
}

test('what many ask for at the same moment is asked of the region once', async () => {
  const { edge, waiting, answer } = slowRegion()
  const all = many(50, () => ask(edge, PRODUCT))
  await vi.waitUntil(() => waiting.length > 0)
  answer()
  const texts = await Promise.all((await Promise.all(all)).map((each) => each.text()))
  expect(texts).toEqual(many(50, () => '{"a":1}'))
  expect(edge.sent.length).toBe(1)
})

test('where the cache keeps nothing, the region is asked at most once a second', async () => {
  const edge = edgeWith(() => new Response('{}', { headers: PUBLIC }))
  edge.cache = () => ({
    match: () => Promise.reject(new Error('away')),
    put: () => Promise.reject(new Error('away')),
  })
  for (let second = 1; second <= 3; second++) {
    for (let n = 0; n < 10; n++) {
      expect((await ask(edge, PRODUCT)).status).toBe(200)
      vi.advanceTimersByTime(90)
    }
    expect(edge.sent.length).toBe(second)
    vi.advanceTimersByTime(101)
  }
})

test('what has changed is asked for anew at once, also while the older answer is on its way', async () => {
  const shops = [shopWith()]
  const waiting: ((response: Response) => void)[] = []
  const edge = edgeWith(() => new Promise<Response>((resolve) => waiting.push(resolve)), { shops })
  const older = ask(edge, PRODUCT)
  await vi.waitUntil(() => waiting.length === 1)
  shops[0] = { ...shops[0]!, catalogue_version: 2 }
  await edge.shops.forget('abc.localhost', new TestLifetime())
  const newer = ask(edge, PRODUCT)
  await vi.waitUntil(() => waiting.length === 2)
  waiting[1]!(new Response('new', { headers: PUBLIC }))
  expect(await (await newer).text()).toBe('new')
  waiting[0]!(new Response('old', { headers: PUBLIC }))
  await older
  expect(await (await ask(edge, PRODUCT)).text()).toBe('new')
})

test('an answer that is not for everyone is given to nobody else', async () => {
  const { edge, waiting, answer } = slowRegion({
    'content-type': 'application/json',
    'cache-control': 'private',
  })
  const all = many(3, () => ask(edge, PRODUCT))
  await vi.waitUntil(() => waiting.length === 1)
  answer('first')
  await vi.waitUntil(() => waiting.length === 2)
  answer('others')
  expect(await Promise.all((await Promise.all(all)).map((each) => each.text()))).toEqual([
    'first',
    'others',
    'others',
  ])
})

test('a failure is whose it is: the others ask for themselves', async () => {
  let isFirst = true
  const edge = edgeWith(async () => {
    if (!isFirst) return new Response('{}', { headers: PUBLIC })
    isFirst = false
    await new Promise((resolve) => setTimeout(resolve, 10))
    throw new Error('connection reset')
  })
  const all = many(3, () => ask(edge, PRODUCT))
  await vi.waitUntil(() => edge.sent.length === 1)
  await vi.advanceTimersByTimeAsync(10)
  expect((await Promise.all(all)).map(({ status }) => status).toSorted()).toEqual([200, 200, 503])
})

test('who brings it may vanish: after 3 s one of the others asks', async () => {
  const { edge, waiting, answer } = slowRegion()
  void ask(edge, PRODUCT)
  await vi.waitUntil(() => waiting.length === 1)
  waiting.length = 0
  const others = many(5, () => ask(edge, PRODUCT))
  await vi.advanceTimersByTimeAsync(3_000)
  await vi.waitUntil(() => waiting.length > 0)
  answer()
  expect((await Promise.all(others)).map(({ status }) => status)).toEqual(many(5, () => 200))
  expect(edge.sent.length).toBe(2)
})
