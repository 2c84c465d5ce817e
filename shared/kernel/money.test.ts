import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocate, basisPoints, ratio, sum } from './money.ts'

test('halves are rounded up, below zero away from zero', () => {
  expect([5, 4, -5, -4].map((amount) => ratio(amount, 1, 10))).toEqual([1, 0, -1, 0])
  expect(basisPoints(1999, 2000)).toBe(400)
  expect(basisPoints(9_007_199_254, 550)).toBe(495_395_959)
})

const amount = fc.oneof(fc.nat(100_000), fc.nat(Number.MAX_SAFE_INTEGER))

test('a ratio is exact where its product is beyond 2^53, too', () => {
  expect(ratio(9_007_199_254_740_991, 3, 4)).toBe(6_755_399_441_055_743)
  fc.assert(fc.property(amount, fc.nat(10_000), fc.integer({ min: 1, max: 20_000 }), (a, n, d) => {
    fc.pre(a * n / d < Number.MAX_SAFE_INTEGER / 2)
    const twice = 2n * BigInt(ratio(a, n, d)) * BigInt(d)
    const exact = 2n * BigInt(a) * BigInt(n)
    expect(twice - exact <= BigInt(d) && exact - twice < BigInt(d)).toBe(true)
    expect(ratio(-a, n, d) + ratio(a, n, d)).toBe(0)
  }))
})

test('parts of an allocation add up, in the order of the remainders', () => {
  expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33])
  expect(allocate(7, [0, 0])).toEqual([7, 0])
  expect(allocate(5, [0, 10, 0])).toEqual([0, 5, 0])
  expect(allocate(0, [3, 4])).toEqual([0, 0])
})

test('a part is never more than its weight, and less than one unit away from its exact share', () => {
  const weights = fc.array(fc.oneof(fc.nat(3), fc.nat(90_000_000_000_000)), { minLength: 1, maxLength: 50 })
  const given = weights.chain((each) => fc.tuple(fc.constant(each), fc.nat(sum(each))))
  fc.assert(fc.property(given, ([each, total]) => {
    const parts = allocate(total, each)
    expect(sum(parts)).toBe(total)
    const all = BigInt(sum(each))
    parts.forEach((part, i) => {
      expect(part).toBeGreaterThanOrEqual(0)
      expect(part).toBeLessThanOrEqual(all === 0n ? total : each[i]!)
      const off = BigInt(part) * all - BigInt(total) * BigInt(each[i]!)
      expect(all === 0n || (off < all && off > -all)).toBe(true)
    })
  }))
})

test('all of three large amounts leaves nothing of any of them', () => {
  const prices = [1_737_739, 67_804_893, 66_309_225]
  expect(allocate(sum(prices), prices)).toEqual(prices)
})
