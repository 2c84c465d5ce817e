import { expect, test } from 'vitest'
import { median, percentile } from './statistics.ts'

test('the median is the middle, or between the two of them', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([9, 1, 5, 4])).toBe(4.5)
})

test('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 20 }, (_, i) => 20 - i)
  expect(percentile(values, 0.95)).toBe(19)
  expect(percentile(values, 0.5)).toBe(10)
  expect(percentile([7], 0.99)).toBe(7)
})
