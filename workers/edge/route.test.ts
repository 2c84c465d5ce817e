import { beforeEach, describe, expect, test, vi } from 'vitest'
import { ask, codeOf, edgeWith, PLATFORM, SHOP, shopWith } from './testing.ts'

beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue())

test.each([
  [shopWith({ status: 'suspended' }, 'payment'), '402 shop_unpaid'],
  [shopWith({ status: 'suspended' }, 'abuse'), '403 shop_suspended'],
  [shopWith({ status: 'maintenance' }), '503 maintenance'],
  [shopWith({ status: 'provisioning' }), '503 maintenance'],
  [shopWith({ status: 'inactive' }), '404 unknown_shop'],
  [shopWith({ status: 'deprovisioning' }), '404 unknown_shop'],
  [shopWith({ status: 'failed' }), '404 unknown_shop'],
  [shopWith({ domain: 'other.localhost' }), '404 unknown_shop'],
])('a shop that is not open does not answer', async (shop, expected) => {
  const edge = edgeWith(undefined, { shops: [shop] })
  const response = await ask(edge, `${SHOP}/v1/products`)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await codeOf(response)).toBe(expected)
  expect(edge.sent).toEqual([])
  if (expected.startsWith('503')) expect(response.headers.get('retry-after')).toBe('60')
})

test.each([
  '/internal/identity/keys',
  '/psdb.v1alpha1.Database/Execute',
  '/platform/v1/tenants',
  '/ready',
  '/',
  '/v1',
  '/docs/a/b',
])(
  'a shop has nothing at %s',
  async (path) => {
    const edge = edgeWith()
    expect(await codeOf(await ask(edge, SHOP + path))).toBe('404 not_found')
    expect(edge.sent).toEqual([])
  },
)

test.each(['/v1/products', '/internal/directory/list', '/psdb.v1alpha1.Database/Execute'])(
  'the platform has nothing at %s',
  async (path) => {
    expect(await codeOf(await ask(edgeWith(), PLATFORM + path))).toBe('404 not_found')
  },
)

test('dots do not lead out of the public paths', async () => {
  const edge = edgeWith()
  expect((await ask(edge, `${SHOP}/v1/%2e%2e/internal/identity/keys`)).status).toBe(404)
  expect(edge.sent).toEqual([])
})

test('the case of the host, its port and its last dot do not matter', async () => {
  expect((await ask(edgeWith(), 'http://ABC.localhost.:9999/v1/products')).status).toBe(200)
})

test('a page can only be read, and says so', async () => {
  const edge = edgeWith()
  const refused = await ask(edge, `${SHOP}/docs`, { method: 'POST' })
  expect(refused.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  expect(await codeOf(refused)).toBe('405 method_not_allowed')
  const asked = await ask(edge, `${SHOP}/docs`, { method: 'OPTIONS' })
  expect([asked.status, asked.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
  expect(edge.sent).toEqual([])
})

describe('the methods of a resource', () => {
  const allow = 'GET, HEAD, POST'
  const asked = async (
    method: string,
    answer = () => new Response(null, { status: 405, headers: { allow } }),
  ) => {
    const edge = edgeWith(answer)
    const response = await ask(edge, `${SHOP}/v1/orders`, { method })
    expect(edge.sent.map(({ init }) => init.method)).toEqual(['OPTIONS'])
    return response
  }

  test('are what its service says they are', async () => {
    const response = await asked('OPTIONS')
    expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([204, allow, ''])
  })
  test.each(['PURGE', 'QUERY'])('do not include %s', async (method) => {
    const response = await asked(method)
    expect(response.headers.get('allow')).toBe(allow)
    expect(await codeOf(response)).toBe('405 method_not_allowed')
  })
  test('are none where nothing is', async () => {
    const nothing = () => Response.json({ code: 'not_found' }, { status: 404 })
    expect((await asked('OPTIONS', nothing)).status).toBe(404)
    expect((await asked('PURGE', nothing)).status).toBe(404)
  })
})

test('a body that says it is too large is not sent on', async () => {
  const edge = edgeWith()
  const headers = { 'content-length': String(50 * 1024 * 1024 + 1) }
  expect(await codeOf(await ask(edge, `${SHOP}/v1/products`, { method: 'POST', body: 'x', headers }))).toBe(
    '413 payload_too_large',
  )
  expect(edge.sent).toEqual([])
})

test('/health tells whether the domain is served, before the shop opens', async () => {
  const edge = edgeWith(undefined, { shops: [shopWith({ status: 'provisioning' })] })
  expect((await ask(edge, `${SHOP}/health`)).status).toBe(200)
  expect(edge.sent[0]!.url).toBe('http://region.test/health')
})

test('the two contracts are told apart by host', async () => {
  const edge = edgeWith()
  await ask(edge, `${SHOP}/openapi.json?document=platform`)
  await ask(edge, `${PLATFORM}/openapi.json`)
  expect(edge.sent.map((each) => each.url)).toEqual([
    'http://region.test/openapi.json',
    'http://region.test/openapi.json?document=platform',
  ])
})

test('an unexpected failure shows nothing of itself', async () => {
  const edge = edgeWith()
  edge.limits.shop = () => Promise.reject(new Error('a secret'))
  const response = await ask(edge, `${SHOP}/v1/products`)
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('secret')
})
