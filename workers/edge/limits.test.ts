import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { plans } from '../../shared/kernel/plans.ts'
import { AUTH_QUOTA, SMALL_QUOTA, WINDOW_S } from './limits.ts'
import { ask, codeOf, edgeWith, limiter, PUBLIC, SHOP, shopWith, TENANT } from './testing.ts'

/** Of one client; each has an address of its own. */
const from = (ip: string, more: RequestInit = {}): RequestInit => ({
  ...more,
  headers: { 'cf-connecting-ip': ip, ...more.headers as Record<string, string> },
})
const LOGIN = { method: 'POST', body: '{}' }

test('what wrangler.toml counts to is what is told', () => {
  const text = readFileSync('wrangler.toml', 'utf8')
  const found = [...text.matchAll(/name = "(RATE_\w+)"[^[]*limit = (\d+), period = (\d+)/g)]
  expect(Object.fromEntries(found.map(([, name, limit, period]) => [name, [Number(limit), Number(period)]])))
    .toEqual({
      RATE_SMALL: [SMALL_QUOTA, WINDOW_S],
      RATE_STANDARD: [plans.standard.requests_per_minute, WINDOW_S],
      RATE_PREMIUM: [plans.premium.requests_per_minute, WINDOW_S],
      RATE_BUSINESS: [plans.business.requests_per_minute, WINDOW_S],
      RATE_AUTH: [AUTH_QUOTA, WINDOW_S],
    })
})

test('an address is limited by itself, before it takes anything from its shop', async () => {
  const [standard, small] = [limiter(), limiter(1)]
  const edge = edgeWith(undefined, { limiters: { RATE_STANDARD: standard, RATE_SMALL: small } })
  const first = await ask(edge, `${SHOP}/v1/orders`, from('203.0.113.7'))
  expect(first.headers.get('ratelimit-policy')).toBe('"address";q=100;w=60, "standard";q=500;w=60')
  expect(first.headers.get('ratelimit')).toMatch(/^"address";r=99;t=\d+, "standard";r=499;t=\d+$/)
  const second = await ask(edge, `${SHOP}/v1/orders`, from('203.0.113.7'))
  expect(await codeOf(second)).toBe('429 too_many_requests')
  expect(second.headers.get('ratelimit')).toMatch(/^"address";r=0;t=\d+$/)
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await ask(edge, `${SHOP}/v1/orders`, from('203.0.113.8'))).status).toBe(200)
  expect(standard.keys).toEqual([`standard ${TENANT.id}`, `standard ${TENANT.id}`])
})

test('all addresses of one IPv6 network are one', async () => {
  const edge = edgeWith(undefined, { limiters: { RATE_SMALL: limiter(1) } })
  const statusOf = async (ip: string) => (await ask(edge, `${SHOP}/v1/orders`, from(ip))).status
  expect(await statusOf('2001:db8:1:2::1')).toBe(200)
  expect(await statusOf('2001:db8:1:2:ffff::9')).toBe(429)
  expect(await statusOf('2001:db8:1:3::1')).toBe(200)
})

test('an address has as much of a larger plan as the next smaller plan has in all', async () => {
  const policyOf = async (plan: 'premium' | 'business') => {
    const edge = edgeWith(undefined, { shops: [shopWith({ plan })] })
    return (await ask(edge, `${SHOP}/v1/orders`)).headers.get('ratelimit-policy')
  }
  expect(await policyOf('premium')).toBe('"address";q=500;w=60, "premium";q=3000;w=60')
  expect(await policyOf('business')).toBe('"address";q=3000;w=60, "business";q=15000;w=60')
})

test('what the cache answers costs nothing', async () => {
  const [standard, small] = [limiter(1), limiter(1)]
  const edge = edgeWith(() => new Response('{}', { headers: PUBLIC }), {
    limiters: { RATE_STANDARD: standard, RATE_SMALL: small },
  })
  for (const expected of ['miss', 'hit', 'hit']) {
    const response = await ask(edge, `${SHOP}/v1/products`)
    expect([response.status, response.headers.get('x-cache')]).toEqual([200, expected])
  }
  expect(standard.keys.length).toBe(1)
  expect((await ask(edge, `${SHOP}/v1/brands`)).status).toBe(429)
  expect((await ask(edge, `${SHOP}/v1/products`)).status).toBe(200)
})

describe('when many addresses have used up the plan', () => {
  const spent = async (reserve = 1) => {
    const small = limiter(reserve)
    const edge = edgeWith(undefined, { limiters: { RATE_STANDARD: limiter(1), RATE_SMALL: small } })
    expect((await ask(edge, `${SHOP}/v1/orders`, from('203.0.113.1'))).status).toBe(200)
    return edge
  }

  test.each([['/v1/orders', LOGIN], ['/v1/auth/login', LOGIN], ['/v1/baskets/current', {}]])(
    '%s goes on from a reserve',
    async (path, request) => {
      const edge = await spent()
      expect(await codeOf(await ask(edge, `${SHOP}/v1/addresses`, from('203.0.113.2')))).toBe(
        '429 too_many_requests',
      )
      const response = await ask(edge, SHOP + path, from('203.0.113.3', request))
      expect(response.status).toBe(200)
      expect(response.headers.get('ratelimit')).toMatch(/"standard";r=0;t=\d+, "reserve";r=99;t=\d+$/)
    },
  )
  test('the reserve has an end too, and staff have none', async () => {
    const edge = await spent()
    expect((await ask(edge, `${SHOP}/v1/admin/orders`, from('203.0.113.2'))).status).toBe(429)
    expect((await ask(edge, `${SHOP}/v1/orders`, from('203.0.113.3'))).status).toBe(200)
    expect((await ask(edge, `${SHOP}/v1/orders`, from('203.0.113.4'))).status).toBe(429)
  })
})

test('signing in is limited by shop and address, whatever address a client claims', async () => {
  const auth = limiter(1)
  const edge = edgeWith(undefined, { limiters: { RATE_AUTH: auth } })
  const login = (claimed: string) =>
    ask(
      edge,
      `${SHOP}/v1/auth/login`,
      from('203.0.113.7', { ...LOGIN, headers: { 'x-forwarded-for': claimed, 'x-client-ip': claimed } }),
    )
  expect((await login('6.6.6.6')).headers.get('ratelimit-policy')).toBe(
    '"address";q=100;w=60, "auth";q=30;w=60, "standard";q=500;w=60',
  )
  expect((await login('7.7.7.7')).status).toBe(429)
  expect(new Set(auth.keys)).toEqual(new Set([`auth ${TENANT.id} 203.0.113.7`]))
  expect((await ask(edge, `${SHOP}/v1/auth/me`, from('203.0.113.7'))).status).toBe(200)
})

test('an address that looks for shops where none are is no longer heard, others are', async () => {
  const lookedUp: string[] = []
  const edge = edgeWith(undefined, {
    limiters: { RATE_SMALL: limiter(2) },
    source: (domain) => {
      lookedUp.push(domain)
      return Promise.resolve(domain === TENANT.domain ? shopWith() : null)
    },
  })
  const statusOf = async (host: string, ip = '203.0.113.7') =>
    (await ask(edge, `http://${host}/v1/products`, from(ip))).status
  for (const expected of [404, 404, 429, 429, 429]) {
    expect(await statusOf(`made-up-${lookedUp.length}.example`)).toBe(expected)
  }
  expect(lookedUp.length).toBe(3)
  expect(await statusOf('made-up.example', '203.0.113.8')).toBe(404)
  expect(await statusOf(TENANT.domain, '203.0.113.8')).toBe(200)
  expect(await statusOf(TENANT.domain)).toBe(200) // a shop that is known
})
