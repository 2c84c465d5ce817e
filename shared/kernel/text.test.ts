import { expect, test } from 'vitest'
import { nameKey, slug } from './slug.ts'
import { normal, plain } from './text.ts'

test('text of any language is only brought into its normal form', () => {
  for (const text of ['Noe\u0308l', 'Việt', 'ปิ๊ก', 'हिन्दी', 'שָׁלוֹם', '👨‍👩‍👧', '\u1100\u1161']) {
    expect(normal(text)).toBe(text.normalize('NFC'))
    expect(normal(text, 'NFKD')).toBe(text.normalize('NFKD'))
  }
})

/** Their order is the wrong one at each place: 100,000 of them take half a minute to be sorted. */
const MARKS = `a${'\u0301\u0327'.repeat(50_000)}`

test.each([
  ['normal', normal],
  ['plain', plain],
  ['nameKey', nameKey],
  ['slug', slug],
])('%s: endless marks on a letter cost no more than other text', (_, make) => {
  expect(make(MARKS).length).toBeLessThan(40)
})
