import fc from 'fast-check'
import type { Operation } from './contract.ts'
import { bodyOf, pathOf } from './sample.ts'

// deno-lint-ignore no-explicit-any
type Json = any

/** One request that nobody means well with: a good one of its operation, with something bad in it. */
export type Attack = {
  operationId: string
  method: string
  path: string
  body: Json
  headers: Record<string, string>
  as: 'visitor' | 'customer' | 'owner'
}

const LONG = 3_000
const texts = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  'a\nb',
  '\u0007',
  '\u200b',
  '\ufeff',
  '\u202e',
  '\ud800',
  'ﷺ'.repeat(50),
  '\u0958'.repeat(100),
  'e\u0301'.repeat(100),
  '👩‍👩‍👧‍👦'.repeat(20),
  '𠜎'.repeat(255),
  'İ'.repeat(255),
  'ß'.repeat(255),
  'x'.repeat(256),
  'x'.repeat(LONG),
  `' OR 1=1 -- `,
  '%',
  '_',
  '\\',
  '"',
  '${7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '../../../etc/passwd',
  '%00',
  '%ED%A0%80',
  'null',
  'NaN',
  '1e400',
  '-1',
  '0x10',
  '__proto__',
  'constructor',
  '9999-12-31T23:59:59.999Z',
  '+275760-09-13T00:00:00.001Z',
  '0000-00-00T00:00:00Z',
  'prod_7zzzzzzzzzzzzzzzzzzzzzzzzz',
  'javascript:alert(1)',
  'http://127.0.0.1/',
  'http://[::1]/',
)
const numbers = fc.constantFrom(
  -1,
  0,
  -0,
  0.5,
  1e-7,
  255,
  256,
  32_768,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32,
  99_999_999_999,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  1e19,
  1e308,
)
const scalars = fc.oneof(
  { weight: 4, arbitrary: texts },
  { weight: 3, arbitrary: numbers },
  fc.constantFrom(null, true, false),
  fc.string({ unit: 'binary', maxLength: 300 }),
)
const values: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: scalars },
  fc.array(scalars, { maxLength: 4 }),
  fc.constantFrom({}, [], [[]], { a: { b: { c: {} } } }),
  fc.constant(Array.from({ length: 1_500 }, (_, i) => i)),
  fc.dictionary(texts, scalars, { maxKeys: 3 }),
)

const HEADERS = [
  'idempotency-key',
  'if-match',
  'if-none-match',
  'basket-token',
  'authorization',
  'content-type',
  'content-encoding',
  'accept',
  'accept-language',
  'x-request-id',
  'traceparent',
  'x-client-ip',
  'user-agent',
  'origin',
  'range',
] as const
/** What Node lets through as a header. */
const headerValue = fc.oneof(
  fc.constantFrom(
    '',
    '*',
    '"v1"',
    `"v${'9'.repeat(400)}"`,
    'W/"v1", "v2"',
    'x'.repeat(LONG),
    'text/plain',
    'gzip',
  ),
  fc.constantFrom(
    'application/json; charset=utf-16',
    'multipart/form-data',
    'Bearer',
    'Bearer a.b.c',
    'Basic YTpi',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 300 }).map((text) => text.replace(/[^\t\x20-\x7e]/g, '')),
)

/** Attacks on one operation; `ids` are those of things that are there, by prefix. */
export function attacks(operation: Operation, ids: Map<string, string>): fc.Arbitrary<Attack> {
  const good = { path: pathOf(operation, ids), body: bodyOf(operation) }
  const query = (operation.spec.parameters ?? []).filter((each: Json) => each.in === 'query')
  const segments = good.path.split('/')
  const variable = segments.flatMap((_, i) => operation.path.split('/')[i]?.startsWith('{') ? [i] : [])
  const inPath = variable.length === 0
    ? undefined
    : fc.record({ at: fc.constantFrom(...variable), value: texts })
      .map(({ at, value }) => ({
        path: segments.map((each, i) => i === at ? encodeURIComponent(value.toWellFormed()) || '%20' : each)
          .join('/'),
      }))
  const inQuery = query.length === 0 ? undefined : fc.array(
    fc.record({ name: fc.constantFrom(...query.map((each: Json) => each.name as string)), value: scalars }),
    { minLength: 1, maxLength: 3 },
  ).map((pairs) => {
    const given = pairs.map(({ name, value }) => [name, String(value).toWellFormed()])
    return { path: `${good.path}?${new URLSearchParams(given)}` }
  })
  const inHeaders = fc.dictionary(fc.constantFrom(...HEADERS), headerValue, { minKeys: 1, maxKeys: 3 })
    .map((headers) => ({ headers }))
  const inBody = good.body === undefined || typeof good.body === 'string' ? undefined : fc.oneof(
    { weight: 6, arbitrary: badField(good.body).map((body) => ({ body })) },
    fc.constantFrom('', '{', 'null', '[]', '1', '"x"', '{"a":1,"a":2}', `{"__proto__":{"isAdmin":true}}`)
      .map((body) => ({ body })),
    values.map((body) => ({ body: JSON.stringify(body) ?? 'undefined' })),
  )
  const asFile = typeof good.body === 'string'
    ? fc.oneof(fc.string({ unit: 'binary', maxLength: 2_000 }), texts).map((body) => ({
      body: body.toWellFormed(),
      headers: { 'content-type': 'text/csv' },
    }))
    : undefined
  const parts: fc.Arbitrary<Partial<Attack>>[] = [inPath, inQuery, inBody, inBody, asFile, inHeaders]
    .filter((each) => each !== undefined)
  return fc.record({
    part: fc.oneof(...parts),
    as: fc.constantFrom('visitor' as const, 'customer' as const, 'owner' as const, 'owner' as const),
  }).map(({ part, as }) => ({
    operationId: operation.operationId,
    method: operation.method,
    as,
    ...good,
    ...part,
    headers: { 'if-match': '*', ...part.headers },
  }))
}

/** The body with one of its values, at whatever depth, replaced or with one more. */
function badField(body: Json): fc.Arbitrary<Json> {
  const places = placesOf(body)
  return fc.record({ place: fc.nat(places.length), value: values }).map(({ place, value }) => {
    const bad = structuredClone(body)
    if (place === places.length) return { ...bad, [typeof value === 'string' ? value : 'unknown']: value }
    const path = places[place]!
    const parent = path.slice(0, -1).reduce((at, key) => at[key], bad)
    parent[path.at(-1)!] = value
    return bad
  })
}

function placesOf(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== 'object') return path.length > 0 ? [path] : []
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(value).flatMap(([key, each]) => placesOf(each, [...path, key])),
  ]
}
