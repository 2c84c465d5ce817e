import { expect, test } from 'vitest'
import { isWordByItself, likePattern, searchQuery, searchText, wordsOf } from './search.ts'

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

test('a name is found joined or apart, however it is written', () => {
  const finds = (query: string, text: string) => {
    const words = searchText({ codes: [], texts: [text] }).split(' ')
    const holds = (term: string) => words.some((word) => word.startsWith(term.slice(1, -1)))
    return (searchQuery(query)!.match(/\+\([^)]*\)\)|\+\S+/g) ?? []).every((term) => {
      const whole = /^\+\((\S+) \(/.exec(term)?.[1]
      return whole ? holds(`+${whole}`) || term.match(/\+q\S+?\*/g)!.every(holds) : holds(term)
    })
  }
  const pairs = [
    ['tshirt', 'T-shirt'],
    ['T-shirt', 'tshirt'],
    ['t-shirt', 'T shirt'],
    ['wifi', 'Wi‑Fi 6'],
    ['levis', 'Levi’s 501'],
    ['hm', 'H&M'],
    ['lœuf', "l'Oeuf"],
  ] as const
  for (const [query, text] of pairs) expect(finds(query, text), `${query} in ${text}`).toBe(true)
  expect(finds('wifi', 'Wiki')).toBe(false)
  expect(searchText({ codes: [], texts: ['1.5 l'] })).toBe('qq1 qq5 qql')
  expect(searchQuery('T-shirt blue')).toBe('+(qqtshirt* (+qqt* +qqshirt*)) +qqblue*')
})

test('what nobody sees splits no word, and ways of writing one accent are one', () => {
  expect(wordsOf('Sham\u00ADpoo zero\u200Bwidth \uFEFFbom')).toEqual(['shampoo', 'zerowidth', 'bom'])
  expect(wordsOf('noe\u0308l')).toEqual(wordsOf('NOËL'))
  expect(wordsOf('ｶﾞが')).toEqual(['ガ', 'が'])
})

test('marks that are vowels belong to the word, points that people leave out do not', () => {
  expect(wordsOf('हिन्दी')).toEqual(['हिन्दी'])
  expect(wordsOf('হাত')).toEqual(['হাত'])
  expect(wordsOf('مُحَمَّد')).toEqual(wordsOf('محمد'))
  expect(wordsOf('ที่')).toEqual(['ที่'])
})

test('one character is enough where it is a word', () => {
  expect(['茶', 'あ', 'ก', '옷'].map(isWordByItself)).toEqual([true, true, true, true])
  expect(['a', '1', ''].map(isWordByItself)).toEqual([false, false, false])
})
