import { expect, test } from 'vitest'
import { ask, edgeWith, PUBLIC, SHOP, shopWith } from './testing.ts'

const preflight = (origin: string, url = `${SHOP}/v1/orders`) =>
  ask(edgeWith(undefined, { shops: [shopWith(), shopWith({ domain: 'shop.example.com' })] }), url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  })

test('pages of the shop’s own domain may ask', async () => {
  const response = await preflight('http://abc.localhost:5173')
  expect(response.status).toBe(204)
  expect(response.headers.get('access-control-allow-origin')).toBe('http://abc.localhost:5173')
  expect(response.headers.get('access-control-allow-headers')).toContain('basket-token')
  expect(response.headers.get('access-control-max-age')).toBe('3600')
  expect(
    (await preflight('https://shop.example.com', 'https://shop.example.com/v1/orders')).headers.get(
      'access-control-allow-origin',
    ),
  )
    .toBe('https://shop.example.com')
})

test.each([
  'http://xyz.localhost',
  'https://evil.example',
  'null',
  'http://abc.localhost.evil.example',
  'http://evil-abc.localhost',
])(
  'pages of %s may not',
  async (origin) => {
    const response = await preflight(origin)
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
    expect(response.headers.get('vary')).toContain('Origin')
  },
)

test('a page without a certificate is no page of a shop that has one', async () => {
  for (const scheme of ['http', 'https']) {
    const response = await preflight('http://shop.example.com', `${scheme}://shop.example.com/v1/orders`)
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  }
})

test('a page may read a 304 and an error as well', async () => {
  const edge = edgeWith(() => new Response('{}', { headers: PUBLIC }))
  const origin = 'http://abc.localhost:5173'
  for (const [path, status] of [['/v1/products', 304], ['/nothing', 404]] as const) {
    const response = await ask(edge, SHOP + path, { headers: { origin, 'if-none-match': '*' } })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([status, origin])
    expect(response.headers.get('access-control-expose-headers')).toContain('etag')
  }
})

test('another port is another origin where it is not a developer’s', async () => {
  const response = await preflight('https://shop.example.com:8443', 'https://shop.example.com/v1/orders')
  expect(response.headers.has('access-control-allow-origin')).toBe(false)
})

test('every answer carries its request id and the security headers', async () => {
  for (const path of ['/v1/products', '/nothing']) {
    const { headers } = await ask(edgeWith(), `https://abc.localhost${path}`)
    expect(headers.get('x-request-id')).toMatch(/^req_/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('strict-transport-security')).toBeTruthy()
    expect(headers.get('content-security-policy')).toContain(`default-src 'none'`)
  }
})
