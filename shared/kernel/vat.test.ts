import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocate, sum } from './money.ts'
import { priceLines, type TaxableLine, unitPrice } from './vat.ts'

const goods = [
  { price: 5000, quantity: 2, vat_rate: 2000, discount: 1857 },
  { price: 3000, quantity: 1, vat_rate: 550, discount: 557 },
  { price: 1500, quantity: 3, vat_rate: 2000, discount: 836 },
]

test('every price can be set in a shop that prices with VAT, and stays what it is for any number of units', () => {
  for (const n of Array.from({ length: 200 }, (_, i) => i * 100 + 99)) {
    expect(unitPrice(n, 2000, true).gross).toBe(n)
    const line = { price: n, quantity: 7, vat_rate: 2000, discount: 0 }
    expect(priceLines([line], { price: 0, vat_rate: 0 }, true).total.gross).toBe(7 * n)
  }
  expect(unitPrice(999, 2000, true)).toEqual({ net: 833, gross: 999 })
  expect(unitPrice(1666, 2000, false)).toEqual({ net: 1666, gross: 1999 })
})

test('without VAT: the discount comes off before it, and VAT is broken down by rate', () => {
  const totals = priceLines(goods, { price: 490, vat_rate: 2000 }, false)
  expect(totals.subtotal.net).toBe(17_500)
  expect(totals.discount.net).toBe(3250)
  expect(totals.total.net).toBe(17_500 - 3250 + 490)
  expect(totals.vat_breakdown).toEqual([
    { rate: 550, net: 2443, vat: 134, gross: 2577 },
    { rate: 2000, net: 8143 + 3664 + 490, vat: 1629 + 733 + 98, gross: 8143 + 3664 + 490 + 1629 + 733 + 98 },
  ])
})

test('with VAT: what is entered is what is paid, and the net side is derived line by line', () => {
  const totals = priceLines(goods, { price: 490, vat_rate: 2000 }, true)
  expect(totals.total.gross).toBe(17_500 - 3250 + 490)
  expect(totals.lines.map((line) => line.total)).toEqual([
    { net: 6786, gross: 8143 },
    { net: 2316, gross: 2443 },
    { net: 3053, gross: 3664 },
  ])
  expect(totals.shipping).toEqual({ net: 408, gross: 490 })
})

test('100 % off a basket in a currency without minor units leaves lines of nothing', () => {
  const prices = [1_737_739, 67_804_893, 66_309_225]
  const shares = allocate(sum(prices), prices)
  const lines = prices.map((price, i) => ({ price, quantity: 1, vat_rate: 1000, discount: shares[i]! }))
  for (const includesVat of [true, false]) {
    const totals = priceLines(lines, { price: 0, vat_rate: 0 }, includesVat)
    expect(totals.lines.map((line) => line.total)).toEqual(prices.map(() => ({ net: 0, gross: 0 })))
    expect(totals.vat_breakdown).toEqual([])
  }
})

/** From a yen to the dearest thing a shop may sell, at rates such as 0, 5.5 and 20 %. */
const line = fc.record({
  price: fc.oneof(fc.nat(2_000), fc.nat(99_999_999_999)),
  quantity: fc.integer({ min: 0, max: 99 }),
  vat_rate: fc.oneof(fc.constantFrom(0, 210, 550, 1000, 2000), fc.nat(10_000)),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
})
const lines = fc.array(line, { maxLength: 50 }).map((each) =>
  each.map(({ share, ...rest }): TaxableLine => ({
    ...rest,
    discount: Math.floor(rest.price * rest.quantity * share),
  }))
)
const shipping = fc.record({ price: fc.nat(10_000_000), vat_rate: fc.nat(10_000) })

describe.each([true, false])('whatever is sold, prices with VAT: %s', (includesVat) => {
  const entered = includesVat ? 'gross' : 'net'
  const sides = ['net', 'gross'] as const

  test('lines, totals and VAT agree to the cent', () => {
    fc.assert(fc.property(lines, shipping, (given, sent) => {
      const totals = priceLines(given, sent, includesVat)
      for (const side of sides) {
        for (const each of totals.lines) {
          expect(each.subtotal[side] - each.discount[side]).toBe(each.total[side])
          for (const amount of [each.subtotal, each.discount, each.total]) {
            expect(Number.isSafeInteger(amount[side]) && amount[side] >= 0).toBe(true)
          }
        }
        expect(totals.subtotal[side] - totals.discount[side] + totals.shipping[side]).toBe(totals.total[side])
        expect(sum(totals.lines.map((each) => each.total[side])) + totals.shipping[side])
          .toBe(totals.total[side])
        expect(sum(totals.vat_breakdown.map((each) => each[side]))).toBe(totals.total[side])
      }
      expect(sum(totals.vat_breakdown.map((each) => each.vat))).toBe(totals.vat)
      expect(totals.total.gross - totals.total.net).toBe(totals.vat)
    }))
  })

  test('what was entered is exact, the other side within half a unit of the law’s', () => {
    fc.assert(fc.property(lines, (given) => {
      const totals = priceLines(given, { price: 0, vat_rate: 0 }, includesVat)
      totals.lines.forEach((each, i) => {
        const { price, quantity, discount, vat_rate } = given[i]!
        expect(each.subtotal[entered]).toBe(price * quantity)
        expect(each.discount[entered]).toBe(discount)
        const off = BigInt(each.total.gross) * 10_000n - BigInt(each.total.net) * BigInt(10_000 + vat_rate)
        const unit = BigInt(includesVat ? 10_000 + vat_rate : 10_000)
        expect(off * 2n <= unit && off * 2n >= -unit).toBe(true)
      })
    }))
  })
})
