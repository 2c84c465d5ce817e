import fc from 'fast-check'
import { expect, test } from 'vitest'
import { refundOf } from './refund.ts'

test('parts of a refund add up to the whole, on both sides, and none is negative', () => {
  const totals = fc.tuple(fc.nat(99_999_999_999), fc.nat(10_000)).map(([net, vat]) => ({
    net,
    gross: net + vat,
  }))
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })
  fc.assert(fc.property(totals, cuts, (total, given) => {
    const until = [...given.map((cut) => Math.floor(cut * total.gross)).sort((a, b) => a - b), total.gross]
    const parts = until.map((end, i) => refundOf(total, until[i - 1] ?? 0, end - (until[i - 1] ?? 0)))
    expect(parts.reduce((sum, { net }) => sum + net, 0)).toBe(total.net)
    expect(parts.reduce((sum, { gross }) => sum + gross, 0)).toBe(total.gross)
    expect(Math.min(...parts.map(({ net }) => net))).toBeGreaterThanOrEqual(0)
  }))
})
