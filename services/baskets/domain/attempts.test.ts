import { expect, test } from 'vitest'
import { Attempts } from './attempts.ts'

const at = (s: number) => new Date(s * 1000)

test('after so many failures a key waits for the end of its window, others do not', () => {
  const attempts = new Attempts({ limit: 2, windowMs: 60_000, maxKeys: 10 })
  attempts.fail('a', at(0))
  expect(attempts.waitS('a', at(1))).toBe(0)
  attempts.fail('a', at(10))
  expect(attempts.waitS('a', at(11))).toBe(49)
  expect(attempts.waitS('b', at(11))).toBe(0)
  expect(attempts.waitS('a', at(60))).toBe(0)
})

test('memory is bounded: the oldest key is forgotten', () => {
  const attempts = new Attempts({ limit: 1, windowMs: 60_000, maxKeys: 2 })
  for (const key of ['a', 'b', 'c']) attempts.fail(key, at(0))
  expect(['a', 'b', 'c'].map((key) => attempts.waitS(key, at(1)) > 0)).toEqual([false, true, true])
})
