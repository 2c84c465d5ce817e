import { expect, test } from 'vitest'
import { defaultSubdomain, isSubdomain, tenantId } from './naming.ts'

test.each([
  ['ABC Corporation', 'abc-corporation-7f3a9c'],
  ['Société Générale de Parfums du Sud', 'societe-generale-de-7f3a9c'],
  ['  Weird -- name  ', 'weird-name-7f3a9c'],
  ['Ελλάδα Α.Ε.', 'ellada-a-e-7f3a9c'],
  ['小米', 'xiaomi-7f3a9c'],
  ['हिन्दी कंपनी', 'hindi-kmpni-7f3a9c'],
  ['ﷺ'.repeat(50), 'salla-allah-alayhi-w-7f3a9c'],
  ['…', 'shop-7f3a9c'],
])('%s becomes %s', (company, id) => {
  expect(tenantId(company, '7f3a9c')).toBe(id)
})

test.each([
  'ab',
  'www',
  'admin',
  '-abc',
  'abc-',
  'a_b',
  'ABC',
  'a.b',
  'xn--mller-kva',
  'ab--cd',
  'x'.repeat(64),
  '',
])(
  '%j is no subdomain',
  (text) => {
    expect(isSubdomain(text)).toBe(false)
  },
)

test('a shop gets its name as subdomain unless that is reserved, too short or means something else', () => {
  expect(defaultSubdomain('My Shop', 'my-shop-000000')).toBe('my-shop')
  expect(defaultSubdomain('บริษัท ไทย', 'brisath-000000')).toBe('brisath-aithy')
  expect(defaultSubdomain('Admin', 'admin-000000')).toBe('admin-000000')
  expect(defaultSubdomain('A', 'a-000000')).toBe('a-000000')
  expect(defaultSubdomain(`${'x'.repeat(62)} y`, 'x-000000')).toBe('x'.repeat(62))
})
