import { expect, test } from 'vitest'
import { forClient, forRegion } from './fields.ts'

const namesOf = (headers: Headers) => [...headers.keys()]

test.each([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'sec-websocket-key',
  'x-tenant-assertion',
  'x-client-ip',
  'x-internal-key',
  'x-deadline-ms',
  'x-forwarded-for',
  'x-forwarded-host',
  'true-client-ip',
  'forwarded',
  'cf-connecting-ip',
  'accept-encoding',
  'host',
])('%s of a request does not reach the region', (name) => {
  expect(namesOf(forRegion(new Headers({ [name]: '1', accept: '*/*' })))).toEqual(['accept'])
})

test('what conditions, keys and proofs a request has reach the region as they are', () => {
  const given = {
    'if-match': 'W/"v3", "v4"',
    'if-none-match': '*',
    'idempotency-key': 'k',
    authorization: 'Bearer a.b.c',
    'basket-token': 'b',
    'content-encoding': 'gzip',
    'content-type': 'text/csv; charset=windows-1252',
    range: 'bytes=0-1',
    'webhook-signature': 'v1,x',
  }
  expect(Object.fromEntries(forRegion(new Headers(given)))).toEqual(given)
})

test('what Connection names is of that hop, either way', () => {
  const given = new Headers({ connection: 'close, X-Hop', 'x-hop': '1', 'x-end': '2' })
  expect(namesOf(forRegion(given))).toEqual(['x-end'])
  expect(namesOf(forClient(given))).toEqual(['x-end'])
})

test.each([
  'alt-svc',
  'server',
  'x-powered-by',
  'via',
  'keep-alive',
  'proxy-authenticate',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'access-control-allow-origin',
  'x-cache',
  'x-tenant-assertion',
  'x-internal-trace',
])('%s of an answer does not reach the client', (name) => {
  expect(namesOf(forClient(new Headers({ [name]: '1', etag: '"v1"' })))).toEqual(['etag'])
})

test('the length of an answer is told, but not that of one which was decoded on its way', () => {
  expect(forClient(new Headers({ 'content-length': '5' })).get('content-length')).toBe('5')
  expect(namesOf(forClient(new Headers({ 'content-length': '5', 'content-encoding': 'gzip' })))).toEqual([])
  expect(namesOf(forClient(new Headers({ 'content-length': '5', 'transfer-encoding': 'chunked' })))).toEqual(
    [],
  )
})
