import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '../../../shared/kernel/id.ts'
import { sum } from '../../../shared/kernel/money.ts'
import { discountOf } from './discount.ts'
import { goesWith, type OfferedCode } from './promo-code.ts'

const now = new Date('2026-06-15T12:00:00Z')
const day = (n: number) => new Date(now.getTime() + n * 86_400_000)

function code(terms: Partial<OfferedCode>): OfferedCode {
  return {
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
  }
}
const line = (subtotal: number, product_id = newId('prod'), category_ids = [newId('cat')]) => ({
  product_id,
  category_ids,
  subtotal,
})
const goods = [line(2 * 5_000), line(3_000), line(3 * 1_500)]
/** What each code takes off, all lines together. */
const taken = (codes: OfferedCode[], lines = goods) =>
  discountOf(lines, codes, now).codes.map(({ shares }) => sum(shares))
const refusals = (codes: OfferedCode[], lines = goods) =>
  discountOf(lines, codes, now).codes.map((each) => each.refusal)

test('2 × 50 + 30 + 3 × 15 with 10 % and 15 off is 142.50', () => {
  const off = taken([code({}), code({ kind: 'fixed', value: 1_500 })])
  expect(off).toEqual([1_750, 1_500])
  expect(sum(goods.map((each) => each.subtotal)) - sum(off)).toBe(14_250)
})

test('codes never take more than there is, later ones take what is left', () => {
  const codes = [
    code({ kind: 'fixed', value: 800 }),
    code({ kind: 'fixed', value: 800 }),
    code({ value: 10_000 }),
  ]
  expect(taken(codes, [line(1_000)])).toEqual([800, 200, 0])
})

test('a maximum caps a percentage', () => {
  expect(taken([code({ value: 5_000, maximum_discount: 2_000 })])).toEqual([2_000])
})

test('a code for some products or categories counts their lines alone', () => {
  const [shirt, shoes] = [newId('prod'), newId('cat')]
  const lines = [line(1_000, shirt), line(3_000, newId('prod'), [shoes]), line(6_000)]
  const discount = (terms: Partial<OfferedCode>) => taken([code(terms)], lines)[0]
  expect(discount({ applicable_products: [shirt] })).toBe(100)
  expect(discount({ applicable_categories: [shoes] })).toBe(300)
  expect(discount({ applicable_products: [shirt], applicable_categories: [shoes] })).toBe(400)
  expect(discount({ kind: 'fixed', value: 5_000, applicable_products: [shirt] })).toBe(1_000)
  expect(refusals([code({ applicable_products: [newId('prod')] })], lines)).toEqual(['not_applicable'])
})

test('a code takes nothing off lines it does not apply to, and their VAT stays theirs', () => {
  const books = newId('prod')
  const { codes } = discountOf([line(6_000), line(1_000, books), line(3_000, books)], [
    code({ kind: 'fixed', value: 2_000, applicable_products: [books] }),
    code({ value: 10_000 }),
  ], now)
  expect(codes.map((each) => each.shares)).toEqual([[0, 500, 1_500], [6_000, 500, 1_500]])
})

test('whatever the codes, no line goes below nothing', () => {
  const products = Array.from({ length: 4 }, () => newId('prod'))
  const lines = fc.array(fc.record({ subtotal: fc.nat(70_000_000), of: fc.nat(3) }), { maxLength: 8 })
  const codes = fc.array(
    fc.record({
      kind: fc.constantFrom('percentage' as const, 'fixed' as const),
      value: fc.nat(10_000),
      of: fc.option(fc.nat(3)),
    }),
  )
  fc.assert(fc.property(lines, codes, (given, held) => {
    const goods = given.map(({ subtotal, of }) => line(subtotal, products[of]))
    const found = discountOf(
      goods,
      held.map(({ of, ...terms }) =>
        code({ ...terms, applicable_products: of === null ? [] : [products[of]!] })
      ),
      now,
    )
    goods.forEach(({ subtotal }, i) => {
      const shares = found.codes.map((each) => each.shares[i]!)
      expect(Math.min(0, ...shares)).toBe(0)
      expect(sum(shares)).toBeLessThanOrEqual(subtotal)
    })
  }))
})

test('the minimum is of the whole basket, and reaching it is enough', () => {
  expect(refusals([code({ minimum_purchase: 17_501 }), code({ minimum_purchase: 17_500 })])).toEqual([
    'minimum_purchase',
    null,
  ])
})

test('free shipping takes nothing off and is told', () => {
  const free = code({ kind: 'free_shipping', value: 0, minimum_purchase: 5_000 })
  expect(discountOf(goods, [free], now)).toMatchObject({
    codes: [{ shares: [0, 0, 0], refusal: null }],
    free_shipping: true,
  })
  expect(discountOf([line(4_999)], [free], now).free_shipping).toBe(false)
})

test.each<[string, Partial<OfferedCode>, boolean]>([
  ['begins now', { starts_at: now }, true],
  ['begins tomorrow', { starts_at: day(1) }, false],
  ['ends tomorrow', { ends_at: day(1) }, true],
  ['ends now', { ends_at: now }, false],
  ['is switched off', { is_active: false }, false],
  ['was deleted', { deleted_at: day(-1) }, false],
  ['has one use left', { usage_limit: 3, usage_count: 2 }, true],
  ['is used up', { usage_limit: 3, usage_count: 3 }, false],
  ['is used up by this shopper', { per_user_limit: 1, uses_by_user: 1 }, false],
  ['is for the first order, of somebody new', { first_order_only: true }, true],
  [
    'is for the first order, of somebody who ordered',
    { first_order_only: true, user_has_ordered: true },
    false,
  ],
  ['is for the first order and in use by another', { first_order_only: true, uses_by_user: 1 }, false],
])('a code that %s', (_, terms, isGood) => {
  expect(refusals([code(terms)])).toEqual([isGood ? null : 'not_valid'])
})

test('codes go together only when all of them allow it', () => {
  const [alone, social] = [code({ is_stackable: false }), code({})]
  expect(goesWith(alone, [])).toBe(true)
  expect(goesWith(social, [code({})])).toBe(true)
  expect(goesWith(social, [alone])).toBe(false)
  expect(goesWith(alone, [social])).toBe(false)
})
