import { expect, test } from 'vitest'
import { nameFromSlug, nameKey, slug, slugsOf, withEnd } from './slug.ts'

test('an address keeps letters of any script and loses what only decorates', () => {
  expect(slug('Crème Brûlée & l’Œuf')).toBe('creme-brulee-loeuf')
  expect(slug('  --Blue__Shirt-- ')).toBe('blue__shirt')
  expect(slug('हिन्दी ไทย 抹茶')).toBe('हिन्दी-ไทย-抹茶')
  expect(slug('T\u00ADshirt\u200B')).toBe('tshirt')
})

test('what only looks like text is no address', () => {
  expect(['🔥', '❤️', '\uFE0F', '\u0301', '---', '\u200B\u2060'].map(slug)).toEqual(['', '', '', '', '', ''])
  expect(slug('1️⃣ shirt')).toBe('1-shirt')
})

test('names that differ for people never have the same last slug', () => {
  for (
    const names of [
      ['C', 'C++', 'C#', 'C.'],
      ['noël', 'noel'],
      ['🔥', '🎁', '---'],
      ['Tom & Co', 'Tom Co', 'Tom-Co'],
    ]
  ) {
    expect(new Set(names.map((name) => slugsOf(name).at(-1))).size, names.join()).toBe(names.length)
    expect(new Set(names.map(nameKey)).size, names.join()).toBe(names.length)
  }
  expect(slugsOf('C++')[0]).toBe('c')
  expect(slugsOf('🔥')).toEqual(slugsOf('🔥'))
})

test('names that are the same for people have one key', () => {
  const same = ['Noël  Bleu', 'NOËL BLEU', ' noe\u0308l bleu ', 'noël\u00A0\u200Bbleu', 'no\u00ADël bleu']
  expect(new Set(same.map(nameKey)).size).toBe(1)
})

test('an address fits its column, however long its name grows, and is still its own', () => {
  const long = slug('ﷺ'.repeat(50))
  expect(Array.from(long).length).toBeLessThanOrEqual(255)
  expect(slug('a'.repeat(300))).not.toBe(slug('a'.repeat(301)))
  expect(withEnd('a'.repeat(255), '12345678')).toHaveLength(255)
  expect(slugsOf('b'.repeat(255)).map((each) => each.length)).toEqual([255, 255])
})

test('a handle reads as a name', () => {
  expect(nameFromSlug('blue-shirt_xl')).toBe('Blue shirt xl')
})
