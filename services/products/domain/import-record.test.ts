import { expect, test } from 'vitest'
import { shortSlug, slugOr, toRecord } from './import-record.ts'
import { readShopifyCsv } from './shopify/index.ts'

const recordOf = (...lines: string[]) => toRecord(readShopifyCsv(lines.join('\n') + '\n').products[0]!)

test('the hash is that of what a record says, not of where it stands', () => {
  const header = 'Handle,Title,Variant SKU,Variant Price'
  const { hash } = recordOf(header, 'mug,Mug,M-1,5').record
  expect(recordOf(header, '', '', 'mug,Mug,M-1,5', 'other,Other,M-1,6').record.hash).toBe(hash)
  expect(recordOf(header, 'mug,Mug,M-1,5.01').record.hash).not.toBe(hash)
})

test('a category path is read from the root down; without one the type is the category', () => {
  const header = 'Handle,Title,Type,Product Category,Variant Price'
  expect(recordOf(header, 'mug,Mug,Tableware,Home & Garden > Kitchen >Mugs,5').record.category).toEqual([
    'Home & Garden',
    'Kitchen',
    'Mugs',
  ])
  expect(recordOf(header, 'mug,Mug,Tableware,,5').record).toMatchObject({
    category: ['Tableware'],
    product_type: 'Tableware',
  })
})

test('what is too long is cut by characters, not by halves of them, and reported', () => {
  const { record, notes } = recordOf(
    'Handle,Title,Variant SKU,Variant Inventory Qty',
    `mug,${'😀'.repeat(300)},${'s'.repeat(300)},9999999999`,
  )
  expect([Array.from(record.name).length, record.variants[0]!.sku!.length, record.variants[0]!.stock])
    .toEqual([255, 255, 2_147_483_647])
  expect(record.name.endsWith('😀')).toBe(true)
  expect(notes.map(({ line, code }) => `${line} ${code}`)).toEqual([
    '2 text_cut',
    '2 text_cut',
    '2 number_capped',
  ])
})

test('long slugs stay different, names without a letter get one', () => {
  const long = 'x'.repeat(300)
  expect(shortSlug(`${long}a`)).toHaveLength(253)
  expect(shortSlug(`${long}a`)).not.toBe(shortSlug(`${long}b`))
  expect(slugOr('☂')).toMatch(/^[0-9a-f]{12}$/)
})
