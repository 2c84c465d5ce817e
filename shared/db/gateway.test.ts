import { expect, test } from 'vitest'
import { databasePassword } from './databases.ts'
import { Gateway } from './gateway.ts'
import type { Pools } from './pools.ts'

const SECRET = 'A'.repeat(43)
const READER = 'edge_reader'
const LOOK_UP = `SELECT plan FROM shop_routes WHERE domain = 'a.example.com' LIMIT 1`

/** A gateway without a database: what it lets through ends as `UNAVAILABLE`. */
const gateway = new Gateway({
  pools: { acquire: () => Promise.reject(new Error('no server')) } as unknown as Pools,
  server: { host: 'h', port: 1 },
  platformSecret: SECRET,
  readers: { [READER]: 'platform_db' },
})
const basic = (user: string, password = databasePassword(SECRET, READER)) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

async function asked(
  { method = 'Execute', authorization = basic(READER), body = {} as unknown, verb = 'POST' } = {},
) {
  const response = await gateway.fetch(
    new Request(`http://region/psdb.v1alpha1.Database/${method}`, {
      method: verb,
      headers: { authorization },
      ...(verb === 'POST' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  )
  const { error } = await response.json() as { error?: { code: string } }
  return [response.status, error?.code]
}

test('a reader with its own password may look a shop up', async () => {
  expect(await asked({ method: 'CreateSession' })).toEqual([200, undefined])
  expect(await asked({ body: { query: LOOK_UP } })).toEqual([503, 'UNAVAILABLE'])
})

test.each([
  ['no user', ''],
  ['another scheme', 'Bearer x'],
  ['no base64', 'Basic §'],
  ['a wrong password', basic(READER, 'wrong')],
  ['an unknown user with its own password', basic('root', databasePassword(SECRET, 'root'))],
  ['a name of 1,000 characters', basic('x'.repeat(1_000))],
  ['a name of 100,000 characters', basic('é'.repeat(100_000))],
  ['a name that objects have', basic('__proto__')],
  ['an empty name', basic('')],
  ['bytes that are no text', `Basic ${Buffer.from([255, 254, 0, 58, 255]).toString('base64')}`],
])('%s is 401', async (_, authorization) => {
  expect(await asked({ authorization, body: { query: LOOK_UP } })).toEqual([401, 'UNAUTHENTICATED'])
})

test('whatever isn’t its one statement is refused', async () => {
  expect(await asked({ body: { query: `SELECT get_lock/**/('a', 10)` } })).toEqual([200, 'PERMISSION_DENIED'])
  expect(await asked({ body: { query: 7 } })).toEqual([200, 'INVALID_ARGUMENT'])
  for (const body of ['', '[', 'null', '"text"']) {
    expect(await asked({ body })).toEqual([200, 'INVALID_ARGUMENT'])
  }
  expect(await asked({ method: 'Prepare' })).toEqual([200, 'UNIMPLEMENTED'])
  expect(await asked({ verb: 'GET' })).toEqual([200, 'UNIMPLEMENTED'])
})

test('a body without an announced length ends where the limit does', async () => {
  let sent = 0
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1024).fill(32 + 0 * sent++)),
  })
  const request = new Request('http://region/psdb.v1alpha1.Database/Execute', {
    method: 'POST',
    headers: { authorization: basic(READER) },
    body: endless,
    duplex: 'half',
  } as RequestInit)
  expect(request.headers.has('content-length')).toBe(false)
  const { error } = await (await gateway.fetch(request)).json() as { error: { code: string } }
  expect(error.code).toBe('INVALID_ARGUMENT')
  expect(sent).toBeLessThan(64)
})
