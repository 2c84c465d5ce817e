import { expect, test } from 'vitest'
import { CompanyName, Domain, Locale } from './tenant.ts'

test.each([
  ['ABC Corporation', 'ABC Corporation'],
  ['บริษัท ไทยน้ำทิพย์ จำกัด', 'บริษัท ไทยน้ำทิพย์ จำกัด'],
  ['हिन्दी कंपनी', 'हिन्दी कंपनी'],
  ['ශ්\u200Dරී ලංකා', 'ශ්\u200Dරී ලංකා'],
  ['Socie\u0301te\u0301 Ge\u0301ne\u0301rale', 'Société Générale'],
  [' \uFEFFAc\u00ADme\u200B\u200D  Inc.\u202E ', 'Acme Inc.'],
  ['腾讯', '腾讯'],
  ['ООО «Ромашка»', 'ООО «Ромашка»'],
  ['תנובה בע״מ', 'תנובה בע״מ'],
  ['Studio „Nord“ #1', 'Studio „Nord“ #1'],
  ['A/S Børneliv – København', 'A/S Børneliv – København'],
  ['Łódź\u00A0Sp. z o.o.', 'Łódź Sp. z o.o.'],
])('%j is a company’s name, kept as %j', (given, kept) => {
  expect(CompanyName.parse(given)).toBe(kept)
})

test.each([
  '',
  'AB',
  '!',
  '---',
  '\u0301abc',
  '\u200B\u200B\u200B',
  'a\nb c',
  'a\u0000bc',
  '<b>x</b>',
  '\ud800abc',
  'x'.repeat(101),
])(
  '%j is no company’s name',
  (name) => {
    expect(CompanyName.safeParse(name).success).toBe(false)
  },
)

test.each([
  ['Shop.Example.COM', 'shop.example.com'],
  ['müller.example', 'xn--mller-kva.example'],
  ['xn--mller-kva.example', 'xn--mller-kva.example'],
  ['ร้าน.ไทย', 'xn--q3ct9b5e.xn--o3cw4h'],
  ['shop.example.', 'shop.example'],
  ['日本語。jp', 'xn--wgv71a119e.jp'],
])('%j is a domain, stored as %j', (given, stored) => {
  expect(Domain.parse(given)).toBe(stored)
})

test.each([
  'example',
  '127.0.0.1',
  '0x7f.1',
  '[::1]',
  'a.b:80',
  'user@shop.example',
  'shop.example/path',
  'sh op.example',
  'a_b.example',
  '-a.example',
  'xn--zzzzzz---.example',
  'shop..example',
  `${'x'.repeat(64)}.example`,
  'ü'.repeat(240) + '.example',
  '%2e.example',
  '',
])('%j is no domain', (domain) => {
  expect(Domain.safeParse(domain).success).toBe(false)
})

test.each([
  ['FR-fr', 'fr-FR'],
  ['zh-hans-cn', 'zh-Hans-CN'],
  ['iw', 'he'],
  ['en', 'en'],
])('the locale %j is %j', (given, canonical) => {
  expect(Locale.parse(given)).toBe(canonical)
})

test.each(['', 'fr_FR', 'fr-', 'x', '\u0000', 'en-'.repeat(7)])('%j is no locale', (tag) => {
  expect(Locale.safeParse(tag).success).toBe(false)
})

test('a name of nothing but marks is refused as quickly as another', () => {
  expect(CompanyName.safeParse(`a${'\u0301\u0327'.repeat(50_000)}`).success).toBe(false)
})
