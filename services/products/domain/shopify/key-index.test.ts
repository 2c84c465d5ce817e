import { expect, test } from 'vitest'
import { KeyIndex } from './key-index.ts'

test('each text has the number that it was given last', () => {
  const index = new KeyIndex()
  for (let n = 0; n < 10_000; n++) index.set(`text ${n}`, n)
  index.set('text 7', 70)
  expect(index.get('text 7')).toBe(70)
  expect(index.get('text 9999')).toBe(9_999)
  expect(index.get('text 10000')).toBeUndefined()
})

/**
 * Texts that have one hash where it begins at a known state: at each place either of two pairs of characters, of which
 * the first lead to the same upper half, and the second make up for the lower.
 */
function colliding(places: number): string[] {
  let texts = ['']
  let state = 0x9e3779b1
  for (let place = 0; place < places; place++) {
    const seen = new Map<number, { first: number; product: number }>()
    for (let first = 0x4e00;; first++) {
      const product = Math.imul(state ^ first, 0x01000193)
      const other = seen.get(product >>> 16)
      if (!other) {
        seen.set(product >>> 16, { first, product })
        continue
      }
      const second = 0x4e00 ^ ((product ^ other.product) & 0xffff)
      const pieces = [String.fromCharCode(other.first, 0x4e00), String.fromCharCode(first, second)]
      texts = texts.flatMap((text) => pieces.map((piece) => text + piece))
      state = Math.imul(other.product ^ 0x4e00, 0x01000193)
      break
    }
  }
  return texts
}

test('texts that were made to have one hash are told apart as fast as others', () => {
  const texts = colliding(17)
  expect(new Set(texts).size).toBe(131_072)
  const index = new KeyIndex()
  texts.forEach((text, n) => index.set(text, n))
  expect(index.get(texts[100_000]!)).toBe(100_000)
})
