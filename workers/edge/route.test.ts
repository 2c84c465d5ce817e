import { SignJWT } from 'jose'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { signNotice } from '../../shared/auth/notice-token.ts'
import { TENANT_TOKEN_HEADER, tenantTokenVerifier } from '../../shared/auth/tenant-token.ts'
import { route } from './route.ts'
import { edgeWith, limiter, shopWith, TENANT, TestLifetime } from './testing.ts'

const SHOP = 'http://abc.localhost:8787'
const PLATFORM = 'http://platform.localhost:8787'
type Edge = ReturnType<typeof edgeWith>

async function ask(edge: Edge, url: string, init?: RequestInit): Promise<Response> {
  const lifetime = new TestLifetime()
  const response = await route(new Request(url, init), edge, lifetime)
  await lifetime.done()
  return response
}
const codeOf = async (response: Response) => `${response.status} ${(await response.json()).code}`
const token = (claims: Record<string, unknown>, expiry: string | number = '1h') =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(expiry).sign(new Uint8Array(32))
const PUBLIC = {
  'content-type': 'application/json',
  etag: 'W/"one"',
  'cache-control': 'public, max-age=0, s-maxage=60, must-revalidate',
}

beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue())

describe('the door', () => {
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

  test('methods nobody offers are refused', async () => {
    expect(await codeOf(await ask(edgeWith(), `${SHOP}/v1/products`, { method: 'PURGE' }))).toBe(
      '405 method_not_allowed',
    )
    expect((await ask(edgeWith(), `${SHOP}/docs`, { method: 'POST' })).headers.get('allow')).toBe(
      'GET, HEAD, OPTIONS',
    )
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
})

describe('forwarding', () => {
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
    const [{ url, init }] = edge.sent as [Edge['sent'][0]]
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
})

describe('bearer tokens', () => {
  const askAs = async (authorization: string) => {
    const edge = edgeWith()
    const response = await ask(edge, `${SHOP}/v1/orders`, { headers: { authorization } })
    return { response, edge }
  }
  test('one of this shop passes', async () => {
    expect((await askAs(`Bearer ${await token({ tid: TENANT.id })}`)).response.status).toBe(200)
  })
  test('one of another shop, an expired one and nonsense stop here', async () => {
    for (
      const authorization of [
        `Bearer ${await token({ tid: 'another-shop' })}`,
        `Bearer ${await token({})}`,
        `Bearer ${await token({ tid: TENANT.id }, 1)}`,
        'Bearer nonsense',
        'Bearer a.b.c',
        'Basic YTpi',
      ]
    ) {
      const { response, edge } = await askAs(authorization)
      expect(await codeOf(response)).toBe('401 invalid_token')
      expect(edge.sent).toEqual([])
    }
  })
})

describe('rate limits', () => {
  test('the plan limits the shop, and says so', async () => {
    const edge = edgeWith(undefined, { limiters: { RATE_STANDARD: limiter(1) } })
    const first = await ask(edge, `${SHOP}/v1/orders`)
    expect(first.headers.get('ratelimit-policy')).toBe('"standard";q=500;w=60')
    expect(first.headers.get('ratelimit')).toMatch(/^"standard";r=499;t=\d+$/)
    const second = await ask(edge, `${SHOP}/v1/orders`)
    expect(await codeOf(second)).toBe('429 too_many_requests')
    expect(second.headers.get('ratelimit')).toMatch(/^"standard";r=0;t=\d+$/)
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('authentication is limited by shop and address, whatever address a client claims', async () => {
    const auth = limiter(1)
    const edge = edgeWith(undefined, { limiters: { RATE_AUTH: auth } })
    const login = (ip: string) =>
      ask(edge, `${SHOP}/v1/auth/login`, {
        method: 'POST',
        body: '{}',
        headers: { 'cf-connecting-ip': '203.0.113.7', 'x-forwarded-for': ip, 'x-client-ip': ip },
      })
    expect((await login('6.6.6.6')).headers.get('ratelimit-policy')).toBe(
      '"standard";q=500;w=60, "auth";q=30;w=60',
    )
    expect((await login('7.7.7.7')).status).toBe(429)
    expect(new Set(auth.keys)).toEqual(new Set([`${TENANT.id} 203.0.113.7`]))
  })
})

describe('the cache', () => {
  const publicRegion = () => edgeWith(() => new Response('{"a":1}', { headers: PUBLIC }))

  test('a public answer is asked for once, whatever the order of its parameters', async () => {
    const edge = publicRegion()
    const miss = await ask(edge, `${SHOP}/v1/products?b=2&a=1`)
    const hit = await ask(edge, `${SHOP}/v1/products?a=1&b=2`)
    expect([miss.headers.get('x-cache'), hit.headers.get('x-cache')]).toEqual(['miss', 'hit'])
    expect(await hit.text()).toBe('{"a":1}')
    expect(hit.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate')
    expect(hit.headers.get('etag')).toBe('W/"one"')
    expect(edge.sent.length).toBe(1)
  })

  test('whoever has the answer already gets 304, from the cache and past it', async () => {
    const edge = publicRegion()
    for (const how of ['miss', 'hit']) {
      const response = await ask(edge, `${SHOP}/v1/products`, {
        headers: { 'if-none-match': '"zero", W/"one"' },
      })
      expect([response.status, response.headers.get('x-cache'), await response.text()]).toEqual([
        304,
        how,
        '',
      ])
    }
    expect(edge.sent.map(({ init }) => init.headers.has('if-none-match'))).toEqual([false])
  })

  test('HEAD is answered from the same entry, without a body', async () => {
    const edge = publicRegion()
    const head = await ask(edge, `${SHOP}/v1/products`, { method: 'HEAD' })
    expect([head.status, await head.text(), edge.sent[0]!.init.method]).toEqual([200, '', 'GET'])
    expect((await ask(edge, `${SHOP}/v1/products`)).headers.get('x-cache')).toBe('hit')
  })

  test('no shop gets what another has cached, nor what was before its catalogue changed', async () => {
    const shops = [shopWith(), shopWith({ id: 'xyz-000000', domain: 'xyz.localhost' })]
    const edge = edgeWith(() => new Response('{}', { headers: PUBLIC }), { shops })
    await ask(edge, `${SHOP}/v1/products`)
    expect((await ask(edge, 'http://xyz.localhost/v1/products')).headers.get('x-cache')).toBe('miss')
    shops[0] = { ...shops[0]!, catalogue_version: 2 }
    await edge.shops.forget('abc.localhost')
    expect((await ask(edge, `${SHOP}/v1/products`)).headers.get('x-cache')).toBe('miss')
  })

  test.each([
    ['without s-maxage', { ...PUBLIC, 'cache-control': 'public, max-age=60' }, 200],
    ['private', { ...PUBLIC, 'cache-control': 'private, s-maxage=60' }, 200],
    ['with a cookie', { ...PUBLIC, 'set-cookie': 'a=b' }, 200],
    ['that varies', { ...PUBLIC, vary: 'Accept-Language' }, 200],
    ['of a part', PUBLIC, 206],
    ['that is an error', PUBLIC, 404],
  ])('an answer %s is not kept', async (_name, headers, status) => {
    const edge = edgeWith(() => new Response('{}', { headers: headers as HeadersInit, status }))
    expect((await ask(edge, `${SHOP}/v1/products`)).headers.get('x-cache')).toBe('bypass')
    expect(edge.kept.entries.size).toBe(0)
  })

  test.each([['authorization', async () => `Bearer ${await token({ tid: TENANT.id })}`], [
    'basket-token',
    () => 'b',
  ], ['range', () => 'bytes=0-1']])(
    'a request with %s neither reads nor fills it',
    async (name, value) => {
      const edge = publicRegion()
      await ask(edge, `${SHOP}/v1/products`)
      const response = await ask(edge, `${SHOP}/v1/products`, { headers: { [name]: await value() } })
      expect(response.headers.get('x-cache')).toBe('bypass')
      expect(response.headers.get('cache-control')).not.toContain('s-maxage')
      expect(edge.sent.length).toBe(2)
    },
  )
})

describe('CORS', () => {
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

  test('another port is another origin where it is not a developer’s', async () => {
    const response = await preflight('https://shop.example.com:8443', 'https://shop.example.com/v1/orders')
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })
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

describe('notices of the region', () => {
  const notice = async (edge: Edge, host: string, secret = edge.settings.edgeSecret) =>
    await ask(edge, `${host}/_edge/tenants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await signNotice(secret, 'abc.localhost')}` },
    })

  test('a shop that has changed is looked up anew', async () => {
    const shops = [shopWith()]
    const edge = edgeWith(undefined, { shops })
    expect((await ask(edge, `${SHOP}/v1/products`)).status).toBe(200)
    shops[0] = shopWith({ status: 'maintenance' })
    expect((await ask(edge, `${SHOP}/v1/products`)).status).toBe(200)
    expect((await notice(edge, PLATFORM)).status).toBe(204)
    expect((await ask(edge, `${SHOP}/v1/products`)).status).toBe(503)
  })

  test('are believed by their signature alone', async () => {
    expect((await notice(edgeWith(), PLATFORM, 'another secret that is long enough')).status).toBe(401)
    expect((await notice(edgeWith(), SHOP, 'another secret that is long enough')).status).toBe(404)
    expect((await notice(edgeWith(), 'http://127.0.0.1:8787')).status).toBe(204)
    const assertion = await edgeWith().assertion(TENANT)
    const response = await ask(edgeWith(), `${PLATFORM}/_edge/tenants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${assertion}` },
    })
    expect(response.status).toBe(401)
  })
})
