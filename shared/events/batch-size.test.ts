import { expect, test } from 'vitest'
import { BatchSize } from './batch-size.ts'

test('slow batches become small, but never too small to be tried', () => {
  const size = new BatchSize()
  const sizes = [16, 8, 4, 2, 2].map((expected) => {
    expect(size.value).toBe(expected)
    size.took(500, size.value)
    return size.value
  })
  expect(sizes.at(-1)).toBe(2)
})

test('fast ones grow again, step by step, when they were full', () => {
  const size = new BatchSize()
  for (let i = 0; i < 5; i++) size.took(500, size.value)
  size.took(1, 1)
  expect(size.value, 'one message tells nothing of two').toBe(2)
  for (let i = 0; i < 100; i++) size.took(1, size.value)
  expect(size.value).toBe(16)
})
