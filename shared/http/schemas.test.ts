import { expect, test } from 'vitest'
import { Email, LanguageTag, Line, Text, WholeNumber } from './schemas.ts'

test.each([
  ['A.B+c@Example.COM', 'a.b+c@example.com'],
  ['r&d@example.com', 'r&d@example.com'],
  ['alice@müller.example', 'alice@xn--mller-kva.example'],
  ['alice@xn--mller-kva.example', 'alice@xn--mller-kva.example'],
  [' a\u200bb@example.com ', 'ab@example.com'],
])('%j is the address %s', (given, address) => {
  expect(Email.parse(given)).toBe(address)
})

test.each([
  'a',
  'a@b',
  '@example.com',
  'a@b@example.com',
  'a b@example.com',
  'a@exa mple.com',
  'a@-x.com',
  'a@example.com:80',
  'a@example.com/x',
  'a@[127.0.0.1]',
  `${'a'.repeat(65)}@example.com`,
  'a\u0000@example.com',
])('%j is no address', (given) => {
  expect(Email.safeParse(given).success).toBe(false)
})

test('text is composed, and what nobody sees is dropped; what joins letters stays', () => {
  expect(Line(20).parse('  noe\u0308l\u00ad\ufeff ')).toBe('noël')
  expect(Line(20).parse('می\u200cخواهم')).toBe('می\u200cخواهم')
  expect(Line(20).parse('👩\u200d💻')).toBe('👩\u200d💻')
})

test('lengths are those of what is stored', () => {
  // Composition makes some letters longer: one becomes two.
  expect(Line(10).safeParse('\u0958'.repeat(6)).success).toBe(false)
  expect(Line(2).safeParse('\u200b').success).toBe(false)
})

test.each(['a\nb', 'a\u0000b', 'a\u0007b', 'a\u2028b', 'a\u0085b'])('%j is not a line', (given) => {
  expect(Line(20).safeParse(given).success).toBe(false)
})

test('several lines are text, control characters are not', () => {
  expect(Text(20).parse('a\r\nb\tc')).toBe('a\r\nb\tc')
  expect(Text(20).safeParse('a\u0000').success).toBe(false)
})

test('a number of a query string is written in digits', () => {
  const number = WholeNumber(0, 100)
  expect(number.parse('07')).toBe(7)
  for (const text of ['', ' 7', '0x10', '1e1', '-1', '1.5', '101', '9'.repeat(400)]) {
    expect(number.safeParse(text).success, text).toBe(false)
  }
})

test('a language is a tag of BCP 47, in its canonical form', () => {
  expect(['FR-fr', 'zh-hans-cn', 'iw', 'en-u-ca-gregory', 'de-1901'].map((tag) => LanguageTag(35).parse(tag)))
    .toEqual(['fr-FR', 'zh-Hans-CN', 'he', 'en-u-ca-gregory', 'de-1901'])
  for (const tag of ['', 'fr_FR', 'fr-', 'fr-a', 'x', '\u0000', 'en-'.repeat(7)]) {
    expect(LanguageTag(35).safeParse(tag).success, tag).toBe(false)
  }
})
