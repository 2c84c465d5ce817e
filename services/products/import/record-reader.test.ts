import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NewProduct } from '../shapes/admin-product.ts'
import { type Batch, RecordReader, recordsOf } from './record-reader.ts'
import type { ImportRecord } from './record.ts'

function readAll(bytes: Uint8Array, charset: string | null = null) {
  const reader = new RecordReader({ bytes: bytes.length, charset, minorDigits: 2 })
  for (let at = 0; at < bytes.length; at += 1_000) reader.push(bytes.subarray(at, at + 1_000))
  reader.open()
  const records: ImportRecord[] = []
  let last: Batch | null
  while ((last = reader.batch())) {
    expect(recordsOf(last.records)).toHaveLength(last.count)
    records.push(...recordsOf(last.records))
  }
  return { records, ...reader.found() }
}

/** What a file may be made of, chosen so that its parts meet. */
const fragment = fc.oneof(
  fc.constantFrom(
    ',',
    ';',
    '\t',
    '"',
    '""',
    '\n',
    '\r\n',
    '\r',
    ',"',
    '",',
    'Handle',
    'Title',
    'Price',
    'SKU',
    'Image Src',
  ),
  fc.constantFrom(
    'Option1 Name',
    'Option1 Value',
    'Inventory quantity',
    'Tags',
    'Body (HTML)',
    'Status',
    'noël',
    '🎁',
    '<b>',
  ),
  fc.constantFrom(
    '12,50',
    '-3',
    '1e99',
    '99999999999999999999',
    '\u0000',
    '\u0007',
    '\u00ad',
    'https://x.test/a.png',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const file = fc.array(fragment, { maxLength: 200 }).map((parts) => new TextEncoder().encode(parts.join('')))
const headed = fc.array(fragment, { maxLength: 200 }).map((parts) =>
  new TextEncoder().encode(
    `Handle,Title,Body (HTML),Tags,Option1 Name,Option1 Value,SKU,Price,Inventory quantity,Image Src\n${
      parts.join('')
    }`,
  )
)

test('whatever bytes a file has, it is read to its end, and its records are within the limits of the API', () => {
  fc.assert(
    fc.property(
      fc.oneof(file, headed, fc.uint8Array({ maxLength: 2_000 })),
      fc.constantFrom(null, 'utf-8', 'utf-16le', 'shift_jis', 'windows-1252'),
      (bytes, charset) => {
        const { records, total, problems, problem_count } = readAll(Uint8Array.from(bytes), charset)
        expect(records).toHaveLength(total)
        expect(problem_count).toBeGreaterThanOrEqual(problems.length)
        for (const { fields, options, images, variants } of records) {
          const stored = variants.map(({ line: _, tracks_stock_if_new: __, ...variant }) => variant)
          const all = { name: 'x', ...fields, options: options ?? [], images, variants: stored }
          expect(NewProduct.safeParse(variants.length > 0 ? all : { ...all, variants: [{}] }).error)
            .toBeUndefined()
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('a file reads the same in whatever encoding and with whatever line ends', () => {
  const text = fc.array(
    fc.constantFrom('a,Thé,1', 'b,"Mug, ""big""",2', 'c,5" TV,3', '', 'd,"two\nlines",4'),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(text, (lines) => {
      const plain = ['Handle,Title,Price', ...lines, ''].join('\n')
      const wanted = readAll(new TextEncoder().encode(plain)).records
      const wide = new Uint8Array(Buffer.from(`\uFEFF${plain.replaceAll('\n', '\r\n')}`, 'utf16le'))
      expect(readAll(wide).records).toEqual(wanted)
      expect(readAll(new Uint8Array(Buffer.from(plain, 'latin1')), 'iso-8859-1').records).toEqual(wanted)
      expect(readAll(new TextEncoder().encode(plain.replaceAll('\n', '\r'))).records).toEqual(wanted)
    }),
    { numRuns: 100 },
  )
})
