import { expect, test } from 'vitest'
import { depthUnder, nest, subtreeOf, wouldCycle } from './category-tree.ts'
import { currencyDigits } from './currency.ts'
import { derive } from './derived.ts'
import { plainText, safeHtml } from './html.ts'
import { optionsOf, variantFaults } from './options.ts'
import { availableOf, flips, isSellable, sumByVariant } from './stock.ts'

test('a category can hang anywhere but below itself', () => {
  const parents = new Map([['top', null], ['middle', 'top'], ['bottom', 'middle'], ['other', null]])
  expect(wouldCycle(parents, 'top', 'bottom')).toBe(true)
  expect(wouldCycle(parents, 'top', 'top')).toBe(true)
  expect(wouldCycle(parents, 'bottom', 'other')).toBe(false)
  expect(wouldCycle(parents, 'bottom', null)).toBe(false)
  expect(subtreeOf(parents, 'middle')).toEqual(['middle', 'bottom'])
  expect(subtreeOf(parents, 'top')).toEqual(['top', 'middle', 'bottom'])
  expect(depthUnder(parents, 'top', 'other')).toBe(4)
  expect(depthUnder(parents, 'new', 'bottom')).toBe(4)
})

test('rows nest in their order; one whose parent is hidden is left out', () => {
  type Node = { id: string; children: Node[] }
  const rows = [{ id: 'b', parent_id: null }, { id: 'c', parent_id: 'b' }, { id: 'a', parent_id: null }, {
    id: 'x',
    parent_id: 'gone',
  }]
  const { roots } = nest(rows, ({ id }): Node => ({ id, children: [] }))
  expect(roots).toEqual([{ id: 'b', children: [{ id: 'c', children: [] }] }, { id: 'a', children: [] }])
})

test('price range and sale mark come from the variants that have a price', () => {
  const base = {
    name: 'n',
    ref: 'r',
    slug: 's',
    short_description: null,
    description: null,
    product_type: null,
    brand: null,
    tags: [],
  }
  const variant = { price: null, compare_at_price: null, sku: null, barcode: null, option_values: [] }
  expect(derive({ ...base, variants: [variant] })).toMatchObject({
    price_min: null,
    price_max: null,
    on_sale: false,
  })
  const priced = [{ ...variant, price: 300, compare_at_price: 300 }, variant, { ...variant, price: 0 }]
  expect(derive({ ...base, variants: priced })).toMatchObject({
    price_min: 0,
    price_max: 300,
    on_sale: false,
  })
  expect(derive({ ...base, variants: [{ ...variant, price: 300, compare_at_price: 301 }] }).on_sale).toBe(
    true,
  )
})

test('option values keep the order given, then that of the variants, and none that no variant has', () => {
  const variants = [{ option_values: ['M'] }, { option_values: ['XL'] }, { option_values: ['S'] }]
  expect(optionsOf([{ name: 'Size', values: ['S', 'M', 'L'] }], variants)).toEqual([{
    name: 'Size',
    values: ['S', 'M', 'XL'],
  }])
})

test('variants of a product have one value an option, and differ', () => {
  const of = (...values: string[][]) =>
    variantFaults(1, values.map((option_values) => ({ option_values }))).map(({ at }) => at)
  expect(of(['S'], ['M'])).toEqual([])
  expect(of(['S'], ['s '], [], ['S', 'M'])).toEqual([1, 2, 3])
  expect(of(['Noël'], ['NOE\u0308L'], ['Noel'])).toEqual([1])
  expect(variantFaults(0, [{ option_values: [] }, { option_values: [] }])).toHaveLength(1)
})

test('stock without limit has no number; lines of one variant are one line, by id', () => {
  const variant = { stock: 3, reserved: 5, tracks_stock: true, allows_backorder: false }
  expect(availableOf(variant)).toBe(0)
  expect(availableOf({ ...variant, allows_backorder: true })).toBeNull()
  expect(availableOf({ ...variant, tracks_stock: false })).toBeNull()
  expect(
    sumByVariant([{ variant_id: 'b', quantity: 1 }, { variant_id: 'a', quantity: 2 }, {
      variant_id: 'b',
      quantity: 3,
    }]),
  )
    .toEqual([{ variant_id: 'a', quantity: 2 }, { variant_id: 'b', quantity: 4 }])
})

test('only the first unit that comes and the last one that goes make a difference to shoppers', () => {
  const variant = { stock: 3, reserved: 1, tracks_stock: true, allows_backorder: false }
  expect(flips(variant, 2)).toBe(true)
  expect(flips(variant, 1)).toBe(false)
  expect(flips({ ...variant, reserved: 3 }, -1)).toBe(true)
  expect(flips({ ...variant, reserved: 3 }, 0)).toBe(false)
  expect(flips({ ...variant, tracks_stock: false }, 2)).toBe(false)
  expect(flips({ ...variant, allows_backorder: true }, 2)).toBe(false)
  expect(isSellable({ ...variant, price: 0 })).toBe(true)
  expect(isSellable({ ...variant, price: null })).toBe(false)
  expect(isSellable({ ...variant, price: 1, reserved: 3 })).toBe(false)
})

test('descriptions keep their form and lose what could act', () => {
  expect(safeHtml('<h1>A</h1><p style="x" onclick="y">b <b>c</b></p><script>d</script><svg onload=e></svg>'))
    .toBe('<h2>A</h2><p>b <b>c</b></p>')
  expect(safeHtml('<a href="https://x.test" target=_blank>x</a><a href=" javascript:y">y</a>'))
    .toBe('<a href="https://x.test" rel="noopener nofollow">x</a><a rel="noopener nofollow">y</a>')
  expect(
    safeHtml('<p dir="rtl" lang="ar">مرحبا <bdo dir=ltr>x</bdo></p><ul id="up"><li lang=en>y</li></ul>'),
  )
    .toBe('<p dir="rtl" lang="ar">مرحبا x</p><ul><li lang="en">y</li></ul>')
  expect(plainText('<p>H<sub>2</sub>O <b class="x">T</b>-shirt</p><p>end</p>').trim().split(/\s+/))
    .toEqual(['H2O', 'T-shirt', 'end'])
  expect(plainText('<p>a&nbsp;b</p><p>c</p>').split(/\s+/).filter(Boolean)).toEqual(['a', 'b', 'c'])
})

test('no control character is left in a description, however it was written, nor what it kept apart', () => {
  expect(safeHtml('<p>a&#7;b&#0;c\u0007\u0085d&#x7f;</p>')).toBe('<p>ab\ufffdcd</p>')
  expect(safeHtml('<a href="java&#x7f;script:alert(1)">x</a>')).toBe('<a rel="noopener nofollow">x</a>')
  expect(safeHtml('<p>\u0338 onclick=alert(1)</p>')).not.toContain('<')
  expect(safeHtml('<p>e\u0301</p>')).toBe('<p>é</p>')
})

test('currencies have their digits', () => {
  expect(['EUR', 'JPY', 'KWD'].map(currencyDigits)).toEqual([2, 0, 3])
})
