import { expect, test } from 'vitest'
import { Attempts } from './attempts.ts'

const at = (ms: number) => new Date(ms)
const attempts = (maxKeys = 10) => new Attempts({ limit: 2, windowMs: 60_000, maxKeys })

test('a third guess waits until the window of the first is over', () => {
  const made = attempts()
  expect([made.take('a', at(0)), made.take('a', at(10_000)), made.take('a', at(20_000))]).toEqual([0, 0, 40])
  expect(made.take('b', at(20_000))).toBe(0)
  expect(made.take('a', at(60_000))).toBe(0)
})

test('guesses made at once are counted before any of them is known to be wrong', () => {
  const made = attempts()
  expect(Array.from({ length: 5 }, () => made.take('a', at(0)))).toEqual([0, 0, 60, 60, 60])
})

test('a right one costs nothing', () => {
  const made = attempts()
  for (let i = 0; i < 5; i++) {
    expect(made.take('a', at(0))).toBe(0)
    made.giveBack('a')
  }
})

test('the oldest window goes when too many are kept', () => {
  const made = attempts(2)
  for (const key of ['a', 'a', 'b', 'c']) made.take(key, at(0))
  expect(made.take('a', at(0))).toBe(0)
})
