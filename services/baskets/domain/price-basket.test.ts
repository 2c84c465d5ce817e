import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '../../../shared/kernel/id.ts'
import type { QuotedVariant } from '../../products/ports.ts'
import type { BasketLine } from './lines.ts'
import { priceBasket } from './price-basket.ts'
import type { OfferedCode } from './promo-code.ts'

const now = new Date('2026-06-15T12:00:00Z')

type Given = { price: number | null; quantity?: number; vat_rate?: number; available?: number | null }
function shelf(...given: Given[]) {
  const quotes = new Map<`var_${string}`, QuotedVariant>()
  const lines = given.map(({ price, quantity = 1, vat_rate = 2_000, available = null }): BasketLine => {
    const variant_id = newId('var')
    const product_id = newId('prod')
    quotes.set(variant_id, {
      variant_id,
      product_id,
      name: 'Shirt',
      ref: 'SHIRT',
      sku: null,
      slug: 'shirt',
      option_values: [],
      image_url: null,
      price,
      vat_rate,
      available,
      requires_shipping: true,
      category_ids: [],
    })
    return {
      id: newId('bli'),
      product_id,
      variant_id,
      quantity,
      price: price ?? 0,
      name: 'Shirt',
      product_ref: 'SHIRT',
      operation_id: newId('op'),
      added_at: new Date().toISOString(),
    }
  })
  return { lines, quotes }
}

const code = (terms: Partial<OfferedCode>): OfferedCode => ({
  id: newId('promo'),
  name: 'Code',
  code: 'CODE',
  kind: 'percentage',
  value: 1_000,
  minimum_purchase: null,
  maximum_discount: null,
  usage_limit: null,
  per_user_limit: null,
  usage_count: 0,
  starts_at: null,
  ends_at: null,
  is_active: true,
  is_stackable: true,
  first_order_only: false,
  applicable_products: [],
  applicable_categories: [],
  deleted_at: null,
  uses_by_user: 0,
  user_has_ordered: false,
  ...terms,
})

test('a minimum and a fixed discount are in the mode the shop prices in', () => {
  const { lines, quotes } = shelf({ price: 1_200 })
  const codes = [code({ kind: 'fixed', value: 300, minimum_purchase: 1_200 })]
  expect(priceBasket(lines, codes, quotes, { now, includesVat: true })).toMatchObject({
    codes: [{ discount: { net: 250, gross: 300 }, refusal: null }],
    totals: { total: { net: 750, gross: 900 } },
  })
  expect(priceBasket(lines, codes, quotes, { now, includesVat: false })).toMatchObject({
    codes: [{ discount: { net: 300, gross: 360 }, refusal: null }],
    totals: { total: { net: 900, gross: 1_080 } },
  })
})

test('what cannot be bought counts for nothing, and is told', () => {
  const { lines, quotes } = shelf({ price: null }, { price: 500, quantity: 4, available: 3 })
  const priced = priceBasket(lines, [], quotes, { now, includesVat: true })
  expect(priced.totals.total.gross).toBe(1_500)
  expect(priced.notices).toEqual([
    { kind: 'unavailable', line_id: lines[0]!.id },
    { kind: 'quantity_reduced', line_id: lines[1]!.id, from: 4, to: 3 },
  ])
})

const line = fc.record({
  price: fc.nat(99_999_999),
  quantity: fc.integer({ min: 1, max: 99 }),
  vat_rate: fc.constantFrom(0, 210, 550, 1_000, 2_000),
})
const terms = fc.record({
  kind: fc.constantFrom('percentage' as const, 'fixed' as const),
  value: fc.nat(10_000),
})

test.each([true, false])(
  'the discounts of the codes are the discount of the basket, with VAT: %s',
  (includesVat) => {
    const baskets = fc.tuple(fc.array(line, { maxLength: 10 }), fc.array(terms, { maxLength: 4 }))
    fc.assert(fc.property(baskets, ([given, held]) => {
      const { lines, quotes } = shelf(...given)
      const { codes, totals } = priceBasket(lines, held.map(code), quotes, { now, includesVat })
      for (const side of ['net', 'gross'] as const) {
        expect(codes.reduce((all, each) => all + each.discount[side], 0)).toBe(totals.discount[side])
      }
    }))
  },
)
