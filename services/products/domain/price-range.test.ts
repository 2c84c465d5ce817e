import { expect, test } from 'vitest'
import { priceRange } from './price-range.ts'

test('a range has the lowest and the highest of each side by itself', () => {
  const offers = [{ price: 1000, vat_rate: 2000 }, { price: 1100, vat_rate: 0 }]
  expect(priceRange(offers, false)).toEqual({
    min: { net: 1000, gross: 1100 },
    max: { net: 1100, gross: 1200 },
  })
  expect(priceRange(offers, true)).toEqual({
    min: { net: 833, gross: 1000 },
    max: { net: 1100, gross: 1100 },
  })
  expect(priceRange([], true)).toBeNull()
})

test('every price that ends in 99 stays as it was entered with VAT', () => {
  for (let price = 99; price < 20_000; price += 100) {
    expect(priceRange([{ price, vat_rate: 2000 }], true)!.min.gross).toBe(price)
  }
})
