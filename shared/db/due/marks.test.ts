import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Place } from './due-work.ts'
import { Marks } from './marks.ts'

const PROMISE_MS = 30_000
const START = new Date('2026-11-25T12:00:00Z')

/** The index, and what was written into it. */
class Index {
  written: { places: string[]; at: Date }[] = []
  answer: () => Promise<void> = () => Promise.resolve()
  promise = async (places: Place[], at: Date) => {
    this.written.push({ places: places.map(({ service, tenant }) => `${tenant}/${service}`), at })
    await this.answer()
  }
}

let index: Index
let marks: Marks
let warned: number

beforeEach(() => {
  vi.useFakeTimers({ now: START })
  warned = 0
  index = new Index()
  marks = new Marks({ dueWork: index, log: { warn: () => warned++ }, promiseMs: PROMISE_MS })
})
afterEach(() => void vi.useRealTimers())

test('the mark is there before it is relied upon, and then counts for half of the time until the look', async () => {
  const mark = marks.of('orders', 'shop')
  await mark.ensure()
  expect(index.written).toEqual([{ places: ['shop/orders'], at: new Date(START.getTime() + PROMISE_MS) }])
  vi.advanceTimersByTime(PROMISE_MS / 2 - 1)
  expect(mark.ensure(), 'nothing to wait for').toBeUndefined()
  vi.advanceTimersByTime(1)
  await mark.ensure()
  expect(index.written).toHaveLength(2)
})

test('what is wanted at once is one statement, each database once', async () => {
  const [a, b] = [marks.of('orders', 'a'), marks.of('orders', 'b')]
  await Promise.all([a.ensure(), b.ensure(), a.ensure()])
  expect(index.written.map(({ places }) => places)).toEqual([['a/orders', 'b/orders']])
})

test('who comes while marks are being written waits for the next ones, not for those', async () => {
  let finish = () => {}
  index.answer = () => new Promise((resolve) => finish = resolve)
  const first = marks.of('orders', 'a').ensure()
  await vi.advanceTimersByTimeAsync(0)
  let isThere = false
  const second = marks.of('orders', 'b').ensure()!.then(() => isThere = true)
  finish()
  await first
  await vi.advanceTimersByTimeAsync(0)
  expect(isThere).toBe(false)
  expect(index.written.map(({ places }) => places)).toEqual([['a/orders'], ['b/orders']])
  finish()
  await second
})

test('an index that is away stops nobody, and is told as soon as it is back', async () => {
  index.answer = () => Promise.reject(new Error('away'))
  await marks.of('orders', 'a').ensure()
  expect(warned).toBe(1)
  index.answer = () => Promise.resolve()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(index.written.map(({ places }) => places)).toEqual([['a/orders'], ['a/orders']])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(index.written, 'once').toHaveLength(2)
})

test('an index that hangs holds a sale up for a second, once', async () => {
  index.answer = () => new Promise(() => {})
  const mark = marks.of('orders', 'a')
  const waiting = mark.ensure()
  await vi.advanceTimersByTimeAsync(1_000)
  await waiting
  expect(mark.ensure()).toBeUndefined()
})
