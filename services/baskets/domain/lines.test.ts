import { expect, test } from 'vitest'
import { newId } from '../../../shared/kernel/id.ts'
import '../../products/problems.ts'
import type { QuotedVariant } from '../../products/ports.ts'
import {
  addUnits,
  type BasketLine,
  MAX_LINES,
  mergeLines,
  setQuantity,
  unordered,
  withoutLine,
} from './lines.ts'

function variant(terms: Partial<QuotedVariant> = {}): QuotedVariant {
  return {
    variant_id: newId('var'),
    product_id: newId('prod'),
    name: 'Shirt',
    ref: 'SHIRT',
    sku: null,
    slug: 'shirt',
    option_values: [],
    image_url: null,
    price: 1_000,
    vat_rate: 2_000,
    available: null,
    requires_shipping: true,
    category_ids: [],
    ...terms,
  }
}
const stamp = () => ({ newId: () => newId('bli'), operation_id: newId('op'), now: new Date() })
const quotes = (...variants: QuotedVariant[]) => new Map(variants.map((each) => [each.variant_id, each]))
const add = (lines: BasketLine[], wanted: QuotedVariant, quantity: number, by = stamp()) =>
  addUnits(lines, { variant_id: wanted.variant_id, quantity }, quotes(wanted), by)
const codeOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('the same variant makes one line, up to 99', () => {
  const shirt = variant()
  const lines = add(add([], shirt, 2), shirt, 97)
  expect(lines.map((line) => line.quantity)).toEqual([99])
  expect(codeOf(() => add(lines, shirt, 1))).toBe('validation_failed')
})

test('the same request again adds nothing', () => {
  const [shirt, once] = [variant(), stamp()]
  const lines = add([], shirt, 2, once)
  expect(add(lines, shirt, 2, once)).toBe(lines)
})

test('what has no price, is unknown or short of stock is refused', () => {
  const [free, gone, few] = [variant({ price: null }), variant(), variant({ available: 3 })]
  expect(codeOf(() => add([], free, 1))).toBe('not_purchasable')
  expect(codeOf(() => addUnits([], { variant_id: gone.variant_id, quantity: 1 }, new Map(), stamp()))).toBe(
    'not_purchasable',
  )
  const lines = add([], few, 2)
  expect(codeOf(() => add(lines, few, 2))).toBe('out_of_stock')
  expect(add(lines, few, 1)[0]!.quantity).toBe(3)
})

test('a basket holds 50 lines, and more of what it holds', () => {
  const known = variant()
  let lines = add([], known, 1)
  while (lines.length < MAX_LINES) lines = add(lines, variant(), 1)
  expect(codeOf(() => add(lines, variant(), 1))).toBe('conflict')
  expect(add(lines, known, 1)[0]!.quantity).toBe(2)
})

test('taking fewer needs neither price nor stock; the new quantity takes the price of now', () => {
  const shirt = variant({ available: 5 })
  const lines = add([], shirt, 5)
  const id = lines[0]!.id
  expect(setQuantity(lines, id, 2, new Map())[0]).toMatchObject({ quantity: 2, price: 1_000 })
  expect(setQuantity(lines, id, 4, quotes({ ...shirt, price: 900, available: 1 }))[0]).toMatchObject({
    quantity: 4,
    price: 900,
  })
  expect(codeOf(() => setQuantity(lines, id, 6, quotes(shirt)))).toBe('out_of_stock')
  expect(codeOf(() => setQuantity(lines, newId('bli'), 1, quotes(shirt)))).toBe('not_found')
  expect(codeOf(() => withoutLine(lines, newId('bli')))).toBe('not_found')
})

test('merging sums up to 99 and drops what there is no room for', () => {
  const shirt = variant()
  let own = add([], shirt, 60)
  while (own.length < MAX_LINES - 1) own = add(own, variant(), 1)
  const guest = [...add([], shirt, 60), ...add([], variant(), 1), ...add([], variant(), 1)]
  const { lines, dropped } = mergeLines(own, guest, () => newId('bli'))
  expect(lines).toHaveLength(MAX_LINES)
  expect(lines[0]!.quantity).toBe(99)
  expect(dropped).toEqual([guest[2]])
})

test('what was added while an order was placed is left over', () => {
  const [shirt, hat, shoes] = [variant(), variant(), variant()]
  const lines = [...add([], shirt, 5), ...add([], hat, 1), ...add([], shoes, 2)]
  const ordered = [{ variant_id: shirt.variant_id, quantity: 3 }, {
    variant_id: shoes.variant_id,
    quantity: 2,
  }]
  expect(unordered(lines, ordered).map(({ line, ordered, left }) => [line.variant_id, ordered, left]))
    .toEqual([
      [shirt.variant_id, 3, 2],
      [hat.variant_id, 0, 1],
    ])
})
