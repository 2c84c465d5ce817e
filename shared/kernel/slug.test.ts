import { expect, test } from 'vitest'
import { latinSlug, nameFromSlug, nameKey, slug, slugsOf, withEnd } from './slug.ts'

test('an address keeps letters of any script and loses what only decorates', () => {
  expect(slug('Crème Brûlée & l’Œuf')).toBe('creme-brulee-loeuf')
  expect(slug('  --Blue__Shirt-- ')).toBe('blue__shirt')
  expect(slug('हिन्दी ไทย 抹茶')).toBe('हिन्दी-ไทย-抹茶')
  expect(slug('T\u00ADshirt\u200B')).toBe('tshirt')
})

test('Latin letters that no accent makes have their usual spelling, other scripts keep theirs', () => {
  expect(slug('Straße ẞ Œuvre Ørsted Łódź Đà Þór')).toBe('strasse-ss-oeuvre-orsted-lodz-da-thor')
  expect(slug('Işık Ħal Qormi')).toBe('isik-hal-qormi')
  expect(slug('Яндекс 小米')).toBe('яндекс-小米')
})

test('a host name is of Latin letters, whatever the script of the name', () => {
  expect(['Société', 'Яндекс', '小米', ' T\u00ADshirts & Co. '].map((name) => latinSlug(name, 63))).toEqual([
    'societe',
    'yandeks',
    'xiaomi',
    'tshirts-co',
  ])
  expect(latinSlug('a b', 2)).toBe('a')
})

test('what only looks like text is no address', () => {
  expect(['🔥', '❤️', '\uFE0F', '\u0301', '---', '\u200B\u2060'].map(slug)).toEqual(['', '', '', '', '', ''])
  expect(slug('1️⃣ shirt')).toBe('1-shirt')
})

test('names that differ for people have slugs of their own, always the same', () => {
  for (
    const names of [
      ['C', 'C++', 'C#', 'C.'],
      ['noël', 'noel'],
      ['🔥', '🎁', '---'],
      ['Tom & Co', 'Tom Co', 'Tom-Co'],
    ]
  ) {
    const own = names.map((name) => slugsOf(name, null, 'brand_1').at(-2))
    expect(new Set(own).size, names.join()).toBe(names.length)
    expect(new Set(names.map(nameKey)).size, names.join()).toBe(names.length)
  }
  const [first, second, last] = slugsOf('C++', null, 'brand_0000000112345678')
  expect([first, last]).toEqual(['c', 'c-12345678'])
  expect(second).not.toBe(slugsOf('C++', 'cat_1', 'brand_1')[1])
  expect(slugsOf('🔥', null, 'brand_2')[0]).toBe(slugsOf('🔥', null, 'brand_3')[0])
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
  expect(slugsOf('b'.repeat(255), null, 'brand_12345678').map((each) => each.length)).toEqual([255, 255, 255])
})

test('a handle reads as a name', () => {
  expect(nameFromSlug('blue-shirt_xl')).toBe('Blue shirt xl')
})
