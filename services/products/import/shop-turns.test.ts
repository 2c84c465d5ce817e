import { expect, test } from 'vitest'
import { ShopTurns } from './shop-turns.ts'

/** Pieces of work that say when they run, and end when they are told. */
function stage(queue: ShopTurns) {
  const ran: string[] = []
  const ends: (() => void)[] = []
  const add = (shop: string, name: string) =>
    queue.add(shop, () => {
      ran.push(name)
      return new Promise<void>((resolve) => ends.push(resolve))
    })
  const end = async () => {
    ends.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { ran, add, end }
}

test('one turn a shop, whatever the others have waiting', async () => {
  const { ran, add, end } = stage(new ShopTurns(1))
  for (let n = 0; n < 4; n++) add('large', `large ${n}`)
  add('small', 'small')
  for (let n = 0; n < 5; n++) await end()
  expect(ran).toEqual(['large 0', 'small', 'large 1', 'large 2', 'large 3'])
})

test('so many at a time, and never two of one shop', async () => {
  const { ran, add, end } = stage(new ShopTurns(2))
  for (const shop of ['a', 'b', 'c']) for (const n of [1, 2]) add(shop, `${shop}${n}`)
  expect(ran).toEqual(['a1', 'b1'])
  await end()
  expect(ran).toEqual(['a1', 'b1', 'c1'])
  await end()
  expect(ran).toEqual(['a1', 'b1', 'c1', 'a2'])
  for (let n = 0; n < 4; n++) await end()
  expect(ran).toHaveLength(6)
})
