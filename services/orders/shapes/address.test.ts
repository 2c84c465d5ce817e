import { expect, test } from 'vitest'
import { NewOrderAddress } from './address.ts'

const accepts = (changes: Record<string, unknown>) =>
  NewOrderAddress.safeParse({
    name: 'Alice Martin',
    line1: '1 Main Street',
    city: 'Dubai',
    country: 'AE',
    ...changes,
  })
    .success

test('an address needs neither a postal code nor a second name', () => {
  expect(accepts({})).toBe(true)
  expect(accepts({ country: 'HK', city: 'Hong Kong', region: 'Kowloon' })).toBe(true)
  expect(accepts({ name: 'Suharto', country: 'ID' })).toBe(true)
  expect(accepts({ name: '' })).toBe(false)
})

test.each(['XX', 'ZZ', 'UK', 'EU', 'fr', 'FRA', ''])('%s is no country', (country) => {
  expect(accepts({ country })).toBe(false)
})

test.each([
  '+33 6 12 34 56 78',
  '(020) 7946-0018',
  '+1 212 555 0100 ext. 42',
  '+1-212-555-0100 x42',
  '+49 30/123456',
  '+12125550100;ext=7',
  '01 23 45 67 89 poste 12',
  '+1 212 555 0100 #42',
  '+12125550100,,42',
  '+44\u00a020\u202f7946‑0018',
  '٠٥٠١٢٣٤٥٦٧',
])(
  '%s is a telephone number',
  (phone) => expect(accepts({ phone })).toBe(true),
)

test.each([
  'call me',
  '12',
  '+33 6 12 ext',
  '+1 212 555 0100 x12345678',
  '01 23 45 67 89 poste',
  '+1 212\n555 0100',
])('%s is none', (phone) => {
  expect(accepts({ phone })).toBe(false)
})
