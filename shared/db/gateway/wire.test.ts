import { expect, test } from 'vitest'
import { type Column, wireField, wireRow } from './wire.ts'

const column = (columnType: number, more: Partial<Column> = {}): Column => ({
  name: 'n',
  orgName: 'n',
  table: 't',
  orgTable: 't',
  schema: 's',
  columnLength: 1,
  characterSet: 45,
  decimals: 0,
  flags: 0,
  columnType,
  ...more,
})

test.each([
  [column(3), 'INT32'],
  [column(3, { flags: 32 }), 'UINT32'],
  [column(8, { flags: 32, characterSet: 63 }), 'UINT64'],
  [column(1, { characterSet: 63 }), 'INT8'],
  [column(253), 'VARCHAR'],
  [column(253, { flags: 128, characterSet: 46 }), 'VARCHAR'],
  [column(253, { characterSet: 63 }), 'VARBINARY'],
  [column(254, { characterSet: 63 }), 'BINARY'],
  [column(254, { flags: 256 }), 'ENUM'],
  [column(252, { characterSet: 63 }), 'BLOB'],
  [column(252), 'TEXT'],
  [column(12, { characterSet: 63 }), 'DATETIME'],
  [column(246, { characterSet: 63 }), 'DECIMAL'],
  [column(245), 'JSON'],
])('types carry Vitess’s names', (given, type) => {
  expect(wireField(given).type).toBe(type)
})

test('a row is one string and the lengths of its values; null is -1 long', () => {
  expect(wireRow([Buffer.from('ab'), null, Buffer.from(''), Buffer.from('é')])).toEqual({
    lengths: ['2', '-1', '0', '2'],
    values: Buffer.from('abé').toString('base64'),
  })
})
