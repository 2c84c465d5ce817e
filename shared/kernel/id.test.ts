import { expect, test } from 'vitest'
import { idFromBytes, idToBytes, isId, newId, uuidv7 } from './id.ts'

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g)!.map((pair) => parseInt(pair, 16)))

test.each([
  ['00000000000000000000000000', '00000000000000000000000000000000'],
  ['0123456789abcdefghjkmnpqrs', '0110c8531d0952d8d73e1194e95b5f19'],
  ['01h455vb4pex5vsknk084sn02q', '01890a5d-ac96-774b-bcce-b302099a8057'.replaceAll('-', '')],
  ['7zzzzzzzzzzzzzzzzzzzzzzzzz', 'ffffffffffffffffffffffffffffffff'],
])('the specification’s example %s is written and read', (suffix, hex) => {
  expect(idFromBytes('prefix', bytes(hex))).toBe(`prefix_${suffix}`)
  expect(idToBytes('prefix', `prefix_${suffix}`)).toEqual(bytes(hex))
})

test.each([
  '',
  'prod_',
  'prod_123',
  'user_01h455vb4pex5vsknk084sn02q',
  'prod_81h455vb4pex5vsknk084sn02q',
  'prod_01h455vb4pex5vsknk084sn02u',
  'prod_01H455VB4PEX5VSKNK084SN02Q',
  'prod-01h455vb4pex5vsknk084sn02q',
  'prod_01h455vb4pex5vsknk084sn02é',
])('%j is not a product id', (text) => {
  expect(isId('prod', text)).toBe(false)
})

test('ids made in one millisecond, and while the clock stands still, are unique and in order', () => {
  const made = Array.from({ length: 10_000 }, () => newId('evt'))
  expect(new Set(made).size).toBe(10_000)
  expect([...made].sort()).toEqual(made)
  expect(uuidv7()[6]! >> 4).toBe(7)
})
