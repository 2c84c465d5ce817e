import { expect, test } from 'vitest'
import { decodeFile } from '../domain/shopify/decode.ts'
import { ShopifyFile } from '../domain/shopify/file.ts'
import { NewProduct } from '../shapes/admin-product.ts'
import { toRecord } from './record.ts'

function recordOf(...lines: string[]) {
  const file = new ShopifyFile(decodeFile(new TextEncoder().encode(lines.join('\n')), null), 2, () => {})
  file.open()
  return toRecord(file.product(0))
}

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
  const { record } = recordOf(header, 'mug,Mug,Tableware,,5')
  expect([record.category, record.fields.product_type]).toEqual([['Tableware'], 'Tableware'])
})

test('texts that are too long are cut, never in the middle of a character, and reported', () => {
  const { record, notes } = recordOf('Handle,Title,Tags', `mug,a${'😀'.repeat(300)},${'t'.repeat(300)}`)
  expect(record.fields.name).toBe(`a${'😀'.repeat(127)}`)
  expect(record.fields.tags).toEqual(['t'.repeat(255)])
  expect(notes.map(({ line, code }) => `${line} ${code}`)).toEqual(['2 text_cut', '2 text_cut'])
})

test('values that the API refuses are left out and reported by their line', () => {
  const header =
    'Handle,Title,Option1 Name,Option1 Value,SKU,Barcode,Price,Compare-at price,Inventory quantity,Grams,Image Src'
  const { record, notes } = recordOf(
    header,
    'mug,Mug,Size,S,A,1,5,,1,1,https://x.test/1.png',
    `mug,,,M,${'s'.repeat(300)},${
      'b'.repeat(65)
    },54012345678905,80000000000000,9999999999,9999999999,https://x.test/${'i'.repeat(2_050)}`,
    `mug,,,${'o'.repeat(256)},,,6,,,,"https://x.test/a'b"`,
  )
  expect(record.variants).toMatchObject([{ sku: 'A', price: 500, stock: 1 }, { option_values: ['M'] }])
  expect(JSON.parse(JSON.stringify(record.variants[1])))
    .toEqual({ line: 3, option_values: ['M'], tracks_stock_if_new: true })
  expect(record.images).toEqual([{ url: 'https://x.test/1.png', alt_text: null }])
  const errors = notes.filter(({ code }) => code === 'value_refused')
  expect(errors.map(({ line }) => line)).toEqual([3, 3, 3, 3, 3, 3, 4, 2, 2])
  expect(errors.every(({ severity, message }) => severity === 'error' && message.length < 300)).toBe(true)
})

test('whatever a record holds the API would take as well', () => {
  const { record } = recordOf(
    'Handle,Title,Body (HTML),Tags,SEO description,Option1 Name,Option1 Value,SKU,Price',
    ...Array.from(
      { length: 600 },
      (_, n) =>
        `x,${n ? '' : 'T'.repeat(400)},${n ? '' : '&'.repeat(200_000)},"${'a,'.repeat(3)}${
          Array.from({ length: 300 }, (_, t) => `t${t}`)
        }",${'s'.repeat(6_000)},Size,V${n},K${n},${n}`,
    ),
  )
  expect(record.variants).toHaveLength(500)
  expect(
    NewProduct.safeParse({
      ...record.fields,
      options: record.options,
      images: record.images,
      variants: record.variants.map(({ line: _, tracks_stock_if_new: __, ...variant }) => variant),
    }).error,
  ).toBeUndefined()
})

test('long handles stay different', () => {
  const of = (end: string) => recordOf('Handle,Title', `${'x'.repeat(300)}${end},T`).record.handle
  expect(of('a').length).toBeLessThanOrEqual(255)
  expect(of('a')).not.toBe(of('b'))
})
