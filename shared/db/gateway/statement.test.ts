import { expect, test } from 'vitest'
import { requireRead } from './statement.ts'

test('a SELECT passes as it is', () => {
  for (const sql of ['select 1', " \n SELECT a FROM b WHERE c = 'insert into'"]) {
    expect(requireRead(sql)).toBe(sql)
  }
})

test.each([
  ['BEGIN', 'UNIMPLEMENTED'],
  ['start transaction read write', 'UNIMPLEMENTED'],
  ['insert into a values (1)', 'PERMISSION_DENIED'],
  ['set session transaction read write', 'PERMISSION_DENIED'],
  ['/* */ delete from a', 'PERMISSION_DENIED'],
  ['selectx', 'PERMISSION_DENIED'],
  [`select 1 into outfile '/tmp/x'`, 'PERMISSION_DENIED'],
  [`select get_lock('a', 10)`, 'PERMISSION_DENIED'],
  ['', 'INVALID_ARGUMENT'],
  [7, 'INVALID_ARGUMENT'],
  [`select '${'x'.repeat(70_000)}'`, 'INVALID_ARGUMENT'],
])('%s does not', (sql, code) => {
  expect(() => requireRead(sql)).toThrow(expect.objectContaining({ code }))
})
