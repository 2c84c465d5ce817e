import { beforeEach, expect, test, vi } from 'vitest'
import { TENANT_TOKEN_HEADER, tenantTokenVerifier } from '../../shared/auth/tenant-token.ts'
import { ask, codeOf, edgeWith, PLATFORM, SHOP, shopWith, TENANT, type TestEdge } from './testing.ts'

beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue())

test('the region learns the shop from a signed assertion, and nothing from the client’s claims', async () => {
  const edge = edgeWith()
  await ask(edge, `${SHOP}/v1/orders?limit=2`, {
    method: 'POST',
    body: '{}',
    headers: {
      [TENANT_TOKEN_HEADER]: 'forged',
      'x-client-ip': '6.6.6.6',
      'x-forwarded-for': '6.6.6.6',
      'x-internal-secret': 'forged',
      'cf-connecting-ip': '203.0.113.7',
      'idempotency-key': 'k',
      'x-request-id': 'request-123',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      te: 'trailers',
    },
  })
  const [{ url, init }] = edge.sent as [TestEdge['sent'][0]]
  expect(url).toBe('http://region.test/v1/orders?limit=2')
  expect(init.method).toBe('POST')
  expect(
    await tenantTokenVerifier(edge.settings.edgeSecret, 'region')(init.headers.get(TENANT_TOKEN_HEADER)!),
  ).toEqual(TENANT)
  expect(init.headers.get('x-client-ip')).toBe('203.0.113.7')
  expect(init.headers.get('idempotency-key')).toBe('k')
  expect(init.headers.get('x-request-id')).toBe('request-123')
  expect(init.headers.get('traceparent')).toMatch(
    new RegExp(`^00-${'a'.repeat(32)}-(?!b{16})[0-9a-f]{16}-01$`),
  )
  for (const name of ['x-forwarded-for', 'x-internal-secret', 'te', 'cf-connecting-ip']) {
    expect(init.headers.has(name)).toBe(false)
  }
})

test('the platform’s requests carry no shop and keep their bearer token', async () => {
  const edge = edgeWith()
  await ask(edge, `${PLATFORM}/platform/v1/tenants`, {
    headers: { authorization: 'Bearer opaque-operator-token', [TENANT_TOKEN_HEADER]: 'forged' },
  })
  const { headers } = edge.sent[0]!.init
  expect(headers.get('authorization')).toBe('Bearer opaque-operator-token')
  expect(headers.has(TENANT_TOKEN_HEADER)).toBe(false)
})

test('a service that runs apart is found by its resource', async () => {
  const edge = edgeWith(undefined, {
    regions: { 'eu-west': { default: 'http://all.test', products: 'http://products.test/' } },
  })
  await ask(edge, `${SHOP}/v1/products/x`)
  await ask(edge, `${SHOP}/v1/admin/products`)
  await ask(edge, `${SHOP}/v1/constructor`)
  expect(edge.sent.map(({ url }) => url)).toEqual([
    'http://products.test/v1/products/x',
    'http://products.test/v1/admin/products',
    'http://all.test/v1/constructor',
  ])
})

test.each([
  ['a region that is away', () => Promise.reject(new TypeError('connection refused')), '503 unavailable'],
  [
    'a page of a load balancer',
    () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
    '502 upstream_failed',
  ],
  ['a load balancer without a region', () => new Response('none', { status: 503 }), '503 unavailable'],
])('%s is a problem of ours', async (_name, answer, expected) => {
  expect(await codeOf(await ask(edgeWith(answer), `${SHOP}/v1/products`))).toBe(expected)
})

test.each([400, 414, 431])(
  'a request that the region cannot read, %i, is the client’s problem',
  async (status) => {
    expect(await codeOf(await ask(edgeWith(() => new Response(null, { status })), `${SHOP}/v1/orders`))).toBe(
      '400 bad_request',
    )
  },
)

test('a region that does not answer in time is given up', async () => {
  const edge = edgeWith(({ init }) =>
    new Promise((_, reject) => init.signal!.addEventListener('abort', () => reject(new Error('aborted'))))
  )
  edge.settings.timeLimitMs = 20
  expect(await codeOf(await ask(edge, `${SHOP}/v1/products`))).toBe('504 upstream_timeout')
})

test('a shop of a region that is not in the map is unavailable', async () => {
  const edge = edgeWith(undefined, { shops: [shopWith({ region: 'apac' })] })
  expect(await codeOf(await ask(edge, `${SHOP}/v1/products`))).toBe('503 unavailable')
})

test('an upload is given the time its length needs', async () => {
  const edge = edgeWith(({ init }) =>
    new Promise((resolve, reject) => {
      setTimeout(() => resolve(Response.json({})), 50)
      init.signal!.addEventListener('abort', () => reject(new Error('aborted')))
    })
  )
  edge.settings.timeLimitMs = 1
  const upload = (bytes: number) =>
    ask(edge, `${SHOP}/v1/admin/product-imports`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-length': String(bytes) },
    })
  expect((await upload(1)).status).toBe(504)
  expect((await upload(10 * 1024 * 1024)).status).toBe(200)
})

test('a switch of protocols that nobody asked for is a problem of ours', async () => {
  const switched = { status: 101, headers: new Headers({ upgrade: 'h2c' }), body: null } as Response
  expect(await codeOf(await ask(edgeWith(() => switched), `${SHOP}/v1/orders`))).toBe('502 upstream_failed')
})
