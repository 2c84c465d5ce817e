import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '../../../shared/kernel/id.ts'
import { decodeFile } from '../domain/shopify/decode.ts'
import { ShopifyFile } from '../domain/shopify/file.ts'
import { optionsOf } from '../domain/options.ts'
import type { ProductOption } from '../schema.ts'
import { mergeVariants, type VariantRow } from './merge-variants.ts'
import { toRecord } from './record.ts'

type Product = { options: ProductOption[]; all: VariantRow[] }
const NONE: Product = { options: [], all: [] }

/** The product after an import of these lines. */
function imported(before: Product, ...lines: string[]) {
  const file = new ShopifyFile(decodeFile(new TextEncoder().encode(lines.join('\n')), null), 2, () => {})
  file.open()
  const { all, options, notes, gone } = mergeVariants({
    product_id: newId('prod'),
    record: toRecord(file.product(0)).record,
    present: before.all,
    options: before.options,
    policy: 'keep',
    now: new Date(),
    newId: () => newId('var'),
  })
  return {
    all,
    options: optionsOf(options, all),
    gone,
    notes: notes.map(({ line, code }) => `${line} ${code}`),
  }
}

const shirt = () =>
  imported(
    NONE,
    'Handle,Option1 Name,Option1 Value,Option2 Name,Option2 Value,SKU,Price,Compare-at price,Inventory quantity',
    'tee,Size,S,Colour,Red,SR,9,12,5',
    'tee,,S,,Blue,SB,9,12,6',
    'tee,,M,,Red,MR,10,12,7',
  )
const stays = (before: Product) =>
  before.all.map(({ id, stock, tracks_stock }) => ({ id, stock, tracks_stock }))
const prices = ({ all }: Product) => all.map(({ price }) => price)

test('a file without the columns of an option removes nothing: its lines are those they fit alone, or refused', () => {
  const before = shirt()
  const sized = imported(before, 'Handle,Option1 Name,Option1 Value,Price', 'tee,Size,S,1', 'tee,,M,2')
  expect(sized).toMatchObject({ gone: [], options: before.options, notes: ['2 variant_unknown'] })
  expect(sized.all).toMatchObject(stays(before))
  expect(prices(sized)).toEqual([900, 900, 200])

  const coloured = imported(before, 'Handle,Option1 Name,Option1 Value,SKU,Price', 'tee,Colour,Blue,,1')
  expect(prices(coloured)).toEqual([900, 100, 1000])
  const bySku = imported(before, 'Handle,Option1 Name,Option1 Value,SKU,Price', 'tee,Size,S,SB,1')
  expect(prices(bySku)).toEqual([900, 100, 1000])
  const whole = imported(before, 'Handle,Option1 Name,Option1 Value,Price', 'tee,Title,Default Title,1')
  expect(whole).toMatchObject({ gone: [], options: before.options, notes: ['2 variant_unknown'] })
})

test('options without a column for their names keep them', () => {
  const before = shirt()
  const lines = ['tee,S,Red,1', 'tee,S,Blue,2', 'tee,M,Red,3']
  const after = imported(before, 'Handle,Option1 Value,Option2 Value,Price', ...lines)
  expect(after).toMatchObject({ options: before.options, gone: [] })
  expect(after.all).toMatchObject(stays(before))
  expect(imported(NONE, 'Handle,Option1 Value,Price', 'tee,S,1').options).toEqual([{
    name: 'Option 1',
    values: ['S'],
  }])
})

test('options in another order are those of the same variants', () => {
  const before = shirt()
  const header = 'Handle,Option1 Name,Option1 Value,Option2 Name,Option2 Value'
  const after = imported(before, header, 'tee,Colour,Red,Size,S', 'tee,,Blue,,S', 'tee,,Red,,M')
  expect(after).toMatchObject({ gone: [], notes: [], options: [{ name: 'Colour' }, { name: 'Size' }] })
  expect(after.all).toMatchObject(stays(before))
  expect(after.all.map(({ option_values }) => option_values)).toEqual([['Red', 'S'], ['Blue', 'S'], [
    'Red',
    'M',
  ]])
  expect(prices(after)).toEqual(prices(before))
})

test('a new variant of which no stock is told is counted as the others are, not sold without limit', () => {
  const header = 'Handle,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Price'
  const after = imported(shirt(), header, 'tee,Size,S,Colour,Red,9', 'tee,,L,,Red,9')
  expect(after.all[1]).toMatchObject({ stock: 0, tracks_stock: true })
  expect(after.notes).toContain('3 stock_missing')
  const untracked = imported(NONE, 'Handle,Option1 Name,Option1 Value,Price', 'tee,Size,S,9')
  expect(imported(untracked, 'Handle,Option1 Name,Option1 Value,Price', 'tee,Size,S,9', 'tee,,L,9').all[1])
    .toMatchObject({ tracks_stock: false })
})

test('a compare-at price that the file leaves blank goes, and is reported', () => {
  const after = imported(shirt(), 'Handle,SKU,Compare-at price', 'tee,SR,')
  expect(after.all.map(({ compare_at_price }) => compare_at_price)).toEqual([null, 1200, 1200])
  expect(after.notes).toEqual(['2 compare_at_removed'])
})

test('what a file says of the only variant changes it, whichever column it is; of several it is refused, not passed over', () => {
  const one = imported(NONE, 'Handle,SKU,Price,Taxable,Inventory tracker', 'mug,M,5,true,shopify')
  for (
    const [column, value, changes] of [
      ['Variant Taxable', 'false', { taxable: false }],
      ['Variant Requires Shipping', 'false', { requires_shipping: false }],
      ['Variant Inventory Policy', 'continue', { allows_backorder: true }],
      ['Variant Inventory Tracker', 'none', { tracks_stock: false }],
      ['Variant Image', 'https://x.test/v.png', { image_url: 'https://x.test/v.png' }],
    ] as const
  ) {
    const lines = [`Handle,${column}`, `mug,${value}`]
    const { updated_at: _, ...same } = one.all[0]!
    expect(imported(one, ...lines).all, column).toMatchObject([{ ...same, ...changes }])
    const several = imported(shirt(), ...lines)
    expect(several, column).toMatchObject({ gone: [], notes: ['2 variant_unknown'] })
  }
})

/** Columns, what three variants have in them, and what they are afterwards where the column is there. */
const COLUMNS: [string, string[], keyof VariantRow | null][] = [
  ['SKU', ['SR', 'SB', 'MR'], null],
  ['Option1 Name', ['Size', '', ''], null],
  ['Option1 Value', ['S', 'S', 'M'], null],
  ['Option2 Name', ['Colour', '', ''], null],
  ['Option2 Value', ['Red', 'Blue', 'Red'], null],
  ['Barcode', ['b1', 'b2', 'b3'], 'barcode'],
  ['Price', ['1', '2', '3'], 'price'],
  ['Compare-at price', ['4', '5', ''], 'compare_at_price'],
  ['Cost per item', ['0.1', '0.2', '0.3'], 'cost_price'],
  ['Variant Grams', ['10', '20', '30'], 'weight_grams'],
  ['Variant Taxable', ['false', 'false', 'false'], 'taxable'],
  ['Variant Requires Shipping', ['false', 'false', 'false'], 'requires_shipping'],
  ['Variant Inventory Policy', ['continue', 'continue', 'continue'], 'allows_backorder'],
  ['Variant Inventory Tracker', ['none', 'none', 'none'], 'tracks_stock'],
  ['Inventory quantity', ['0', '0', '0'], null],
]

test('whichever columns a file has, what it has none for stays: variants, their options and their fields', () => {
  fc.assert(fc.property(fc.shuffledSubarray(COLUMNS), (columns) => {
    const before = shirt()
    const lines = [0, 1, 2].map((at) => ['tee', ...columns.map(([, values]) => values[at])].join(','))
    const after = imported(before, ['Handle', ...columns.map(([name]) => name)].join(','), ...lines)
    expect(after).toMatchObject({ gone: [], options: before.options })
    const told = new Set<string>(columns.flatMap(([, , field]) => field ?? []))
    for (const [at, row] of after.all.entries()) {
      for (const [field, value] of Object.entries(before.all[at]!)) {
        if (!told.has(field) && field !== 'updated_at') {
          expect(row[field as keyof VariantRow], field).toEqual(value)
        }
      }
    }
  }))
})
