import { expect, test } from 'vitest'
import { priceOrder } from './price-order.ts'

const line = { price: 1_200, quantity: 2, vat_rate: 2_000, discount: 240, requires_shipping: true }
const shipping = { price: 600, vat_rate: 2_000 }
const total = (lines: (typeof line)[], free_shipping = false, includesVat = true) =>
  priceOrder({ lines, free_shipping }, shipping, includesVat).total

test('shipping is priced in the mode of the shop', () => {
  expect(total([line])).toEqual({ net: 1_800 + 500, gross: 2_160 + 600 })
  expect(total([line], false, false)).toEqual({ net: 2_160 + 600, gross: 2_592 + 720 })
})

test('nothing is charged for shipping what is not sent, nor where a code makes it free', () => {
  expect(total([{ ...line, requires_shipping: false }]).gross).toBe(2_160)
  expect(total([line], true).gross).toBe(2_160)
  expect(priceOrder({ lines: [line], free_shipping: false }, null, true).total.gross).toBe(2_160)
})
