import { expect, test } from 'vitest'
import { FairQueue } from './fair-queue.ts'

const drain = <T>(queue: FairQueue<string, T>, may?: (key: string, item: T) => boolean): T[] => {
  const taken: T[] = []
  for (let next = queue.take(may); next; next = queue.take(may)) taken.push(next.item)
  return taken
}

test('keys take turns, and the items of one keep their order', () => {
  const queue = new FairQueue<string, string>()
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1']) queue.add(item[0]!, item)
  expect(queue.size).toBe(5)
  expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3'])
  expect(queue.size).toBe(0)
})

test('what may not be taken yet stays, and holds up nobody', () => {
  const queue = new FairQueue<string, string>()
  for (const item of ['a1', 'a2', 'b1']) queue.add(item[0]!, item)
  expect(drain(queue, (_, item) => item !== 'a1')).toEqual(['a2', 'b1'])
  expect(drain(queue)).toEqual(['a1'])
})

test('what is put back is the first of its key', () => {
  const queue = new FairQueue<string, string>()
  for (const item of ['a1', 'a2']) queue.add('a', item)
  const { key, item } = queue.take()!
  queue.putBack(key, item)
  expect(drain(queue)).toEqual(['a1', 'a2'])
})

test('a key is trimmed to its first items', () => {
  const queue = new FairQueue<string, number>()
  for (let i = 0; i < 5; i++) queue.add('a', i)
  expect(queue.trim('a', 2)).toEqual([2, 3, 4])
  expect([queue.size, queue.sizeOf('a')]).toEqual([2, 2])
  expect(queue.trim('b', 2)).toEqual([])
  expect(queue.clear()).toEqual([0, 1])
  expect(queue.size).toBe(0)
})

test('a key may be passed over, and an item be taken from where it stands', () => {
  const queue = new FairQueue<string, string>()
  for (const item of ['a1', 'a2', 'b1']) queue.add(item[0]!, item)
  expect(queue.takeOf((key) => key !== 'a')?.item).toBe('b1')
  expect(queue.takeOf((key) => key !== 'a')).toBeUndefined()
  queue.remove('a', 'a1')
  queue.remove('a', 'a1')
  expect(queue.size).toBe(1)
  expect(drain(queue)).toEqual(['a2'])
})

test('more of one key is taken in its order, up to a count, of those that may be', () => {
  const queue = new FairQueue<string, number>()
  for (let i = 0; i < 6; i++) queue.add('a', i)
  expect(queue.takeMore('a', 2, (item) => item % 2 === 1)).toEqual([1, 3])
  expect([queue.size, queue.sizeOf('a')]).toEqual([4, 4])
  expect(queue.takeMore('a', 9, () => true)).toEqual([0, 2, 4, 5])
  expect(queue.takeMore('a', 9, () => true)).toEqual([])
  expect(queue.size).toBe(0)
})
