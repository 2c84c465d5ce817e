import { expect, test } from 'vitest'
import { allocate, basisPoints, divideHalfUp } from './money.ts'
import { grossOf, priceLines } from './vat.ts'

test('halves are rounded up, below zero away from zero', () => {
  expect([divideHalfUp(5, 10), divideHalfUp(4, 10), divideHalfUp(-5, 10), divideHalfUp(-4, 10)]).toEqual([
    1,
    0,
    -1,
    -0,
  ])
  expect(basisPoints(1999, 2000)).toBe(400)
  expect(basisPoints(9_007_199_254, 550)).toBe(495_395_959)
})

test('parts of an allocation always add up, whatever the weights', () => {
  expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33])
  expect(allocate(7, [0, 0])).toEqual([7, 0])
  expect(allocate(5, [0, 10, 0])).toEqual([0, 5, 0])
  for (let total = 0; total < 50; total++) {
    const parts = allocate(total, [3, 7, 11, 2])
    expect(parts.reduce((a, b) => a + b, 0)).toBe(total)
    expect(Math.min(...parts)).toBeGreaterThanOrEqual(0)
  }
})

test('a discount is spread over the lines before VAT, and VAT is broken down by rate', () => {
  const totals = priceLines(
    [
      { unit_net: 5000, quantity: 2, vat_rate: 2000 },
      { unit_net: 3000, quantity: 1, vat_rate: 550 },
      { unit_net: 1500, quantity: 3, vat_rate: 2000 },
    ],
    3250,
    { net: 490, vat_rate: 2000 },
  )
  expect(totals.subtotal).toBe(17_500)
  expect(totals.lines.map((line) => line.discount)).toEqual([1857, 557, 836])
  expect(totals.vat_breakdown).toEqual([
    { rate: 550, base: 2443, vat: 134 },
    { rate: 2000, base: 8143 + 3664 + 490, vat: 1629 + 733 + 98 },
  ])
  expect(totals.gross).toBe(totals.net + totals.vat)
  expect(totals.net).toBe(17_500 - 3250 + 490)
})

test('a discount larger than the goods takes no more than their price', () => {
  const totals = priceLines([{ unit_net: 1000, quantity: 1, vat_rate: 2000 }], 5000)
  expect([totals.discount, totals.net, totals.vat, totals.gross]).toEqual([1000, 0, 0, 0])
})

test('the price shown is net plus VAT', () => {
  expect(grossOf(1666, 2000)).toBe(1999)
})
