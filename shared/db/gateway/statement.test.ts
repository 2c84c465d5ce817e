import { format } from '@planetscale/database'
import { expect, test } from 'vitest'
import { requireLookUp } from './statement.ts'

const LOOK_UP = 'SELECT domain, tenant_id,\n  plan FROM shop_routes WHERE domain = ? LIMIT 1'

test('a shop is looked up by its domain, whichever of its columns are asked for', () => {
  for (const sql of [LOOK_UP, 'select plan from shop_routes where domain = ? limit 1']) {
    const written = format(sql, ['xn--caf-dma.example.com'])
    expect(requireLookUp(written)).toBe(written)
  }
})

test.each([
  'BEGIN',
  'insert into a values (1)',
  'set session transaction read write',
  'select 1',
  `select get_lock/**/('a', 10)`,
  `select/**/sleep(10) from shop_routes where domain = 'a' limit 1`,
  `select get_lock('a', 10) from shop_routes where domain = 'a' limit 1`,
  'select plan from shop_routes limit 1',
  `select plan from shop_routes where domain = 'a' or 'a' = 'a' limit 1`,
  `select plan from shop_routes where domain = 'a'; drop table shop_routes limit 1`,
  `select plan from shop_routes where domain = 'a' limit 1 into outfile '/tmp/x'`,
  `select plan from shop_routes where domain = 'a' limit 1 for update`,
  `select plan from shop_routes, shop_routes b where domain = 'a' limit 1`,
  `select plan from platform_db.tenants where domain = 'a' limit 1`,
  `select @a := plan from shop_routes where domain = 'a' limit 1`,
  `select plan /*!50000 , sleep(1) */ from shop_routes where domain = 'a' limit 1`,
  `select plan from shop_routes where domain = 'a\\'' limit 1`,
  `select plan from shop_routes where domain = 'a' limit 1000`,
  `select plan from shop_routes where domain = 'a' limit 1 -- `,
  format(LOOK_UP, [`a' or '1`]),
  format(LOOK_UP, ['a\\']),
  '',
])('%s does not pass', (sql) => {
  expect(() => requireLookUp(sql)).toThrow(expect.objectContaining({ code: 'PERMISSION_DENIED' }))
})

test.each([7, null, undefined, ['select'], `select ${'a,'.repeat(1_000)}b from`])(
  'what is no text of a sensible length is not even looked at',
  (query) => {
    expect(() => requireLookUp(query)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  },
)

test('text made to be hard to match is refused at once', () => {
  const hard = `select ${' '.repeat(900)}${'a ,'.repeat(300)}`.slice(0, 2_000)
  const started = performance.now()
  expect(() => requireLookUp(hard)).toThrow()
  expect(performance.now() - started).toBeLessThan(1_000)
})
