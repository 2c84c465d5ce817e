import { expect, test } from 'vitest'
import { likePattern, searchQuery, searchText, wordsOf } from './search.ts'

test('words lose case, accents and ligatures; scripts without spaces are read by the character', () => {
  expect(wordsOf('Crème BRÛLÉE, l’Œuf (XS)')).toEqual(['creme', 'brulee', 'l', 'oeuf', 'xs'])
  expect(wordsOf('抹茶latte')).toEqual(['抹', '茶', 'latte'])
  expect(wordsOf('한국어 Чай')).toEqual(['한국어', 'чаи'])
  expect(wordsOf('+-* "()" 😀')).toEqual([])
})

test('codes are found whole and by their parts; a word is written once', () => {
  expect(searchText({ codes: ['AB-12'], texts: ['ab the', null] })).toBe('qqab qq12 qqab12 qqthe')
})

test('what the index has no room for is left out, whole words at a time', () => {
  const text = searchText({
    codes: [],
    texts: [Array.from({ length: 20_000 }, (_, n) => `word${n}`).join(' ')],
  })
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000)
  expect(text.split(' ').every((word) => /^qqword\d+$/.test(word))).toBe(true)
  expect(searchText({ codes: [], texts: ['x'.repeat(500)] })).toHaveLength(80)
})

test('a query holds no operator but ours', () => {
  expect(searchQuery('+foo -bar* "(baz)" ~@>')).toBe('+qqfoo* +qqbar* +qqbaz*')
  expect(searchQuery('%_-')).toBeNull()
  expect(searchQuery('a '.repeat(50))).toBe('+qqa*')
  expect(likePattern('50%_\\')).toBe('50\\%\\_\\\\')
})
