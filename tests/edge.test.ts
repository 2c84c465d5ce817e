import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { SignJWT } from 'jose'
import mysql from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { edgeSecret, noticeEdge } from '../shared/auth/edge-notice.ts'
import { TENANT_TOKEN_HEADER, tenantTokenVerifier } from '../shared/auth/tenant-token.ts'
import { PLATFORM_DATABASE } from '../shared/db/databases.ts'
import { idToBytes, newId } from '../shared/kernel/id.ts'
import { type Answer, send } from '../tools/client/http.ts'
import { findProgram } from '../tools/stack/binaries.ts'
import { startEdge } from '../tools/stack/edge.ts'
import { freePort } from '../tools/stack/index.ts'
import { edgeEnv } from '../tools/stack/platform.ts'
import type { Child } from '../tools/stack/processes.ts'

/**
 * The real worker under wrangler dev, the real gateway and the real driver between them. The region behind it is a
 * server of this file, so that what the edge sends and how it takes what comes back can be seen.
 */
const running = () => inject('platform')
const EVERYTHING = {
  'content-type': 'application/json',
  etag: 'W/"one"',
  'cache-control': 'public, max-age=0, s-maxage=60, must-revalidate',
}

type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string }
const seen: Seen[] = []
let answer: (request: Seen, response: ServerResponse) => void
let region: Server
let edge: Child
let edgeUrl: string
let dir: string
let platform: mysql.Connection

beforeAll(async () => {
  region = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const told = { method, url, headers, body: Buffer.concat(chunks).toString() }
      seen.push(told)
      answer(told, response)
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => region.once('listening', resolve))
  const regionUrl = `http://127.0.0.1:${(region.address() as AddressInfo).port}`
  dir = await mkdtemp(join(tmpdir(), 'cv-edge-'))
  const port = await freePort()
  edgeUrl = `http://127.0.0.1:${port}`
  const env = edgeEnv(running().platformSecret, running().regionUrl, regionUrl)
  edge = await startEdge({ dir, port, env, name: 'edge-test' })
  platform = await mysql.createConnection({ uri: running().databaseUrl, database: PLATFORM_DATABASE })
}, 120_000)

afterAll(async () => {
  await edge?.stop()
  await platform?.end()
  region?.closeAllConnections()
  region?.close()
  if (dir) await rm(dir, { recursive: true, force: true })
})

type Route = { id: string; domain: string; website: string }
let shops = 0

/** A row for the edge to find. No database is behind it: none is needed. */
async function newRoute(
  changes: { plan?: string; status?: string; suspension_reason?: string } = {},
): Promise<Route> {
  const { plan = 'business', status = 'active', suspension_reason = null } = changes
  const id = `edge-${++shops}-${Date.now().toString(36)}`
  const website = newId('site')
  const times = { created_at: new Date(), updated_at: new Date() }
  await platform.query('INSERT INTO tenants SET ?', [{
    id,
    company_name: id,
    billing_email: 'a@example.com',
    plan,
    billing_period: 'monthly',
    region: 'eu-west',
    shard: 's0',
    status: 'failed',
    metadata: '{}',
    ...times,
  }])
  await platform.query('INSERT INTO websites SET ?', [{
    id: Buffer.from(idToBytes('site', website)),
    tenant_id: id,
    name: id,
    domain: `${id}.localhost`,
    subdomain: id,
    status,
    suspension_reason,
    locale: 'fr',
    timezone: 'UTC',
    currency: 'EUR',
    prices_include_vat: true,
    contact_email: 'a@example.com',
    settings: '{}',
    ...times,
  }])
  return { id, website, domain: `${id}.localhost` }
}

const ask = (
  host: string,
  path: string,
  more: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> => send({ url: edgeUrl, host, path, ...more })

/** What reached the region since the last look. */
const sent = () => seen.splice(0)
const json =
  (status = 200, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  (_request: Seen, response: ServerResponse) => void response.writeHead(status, headers).end('{"n":1}')

describe('shops by domain', () => {
  test('the edge finds a shop with PlanetScale’s driver and signs what the region has to know', async () => {
    const shop = await newRoute()
    answer = json()
    sent()
    const { status, headers } = await ask(`${shop.domain}:8787`, '/v1/orders?x=1', {
      method: 'POST',
      body: { a: 1 },
      headers: { [TENANT_TOKEN_HEADER]: 'forged', 'x-client-ip': '6.6.6.6', 'x-internal-key': 'forged' },
    })
    expect(status).toBe(200)
    const [request] = sent() as [Seen]
    expect(request).toMatchObject({ method: 'POST', url: '/v1/orders?x=1', body: '{"a":1}' })
    const verify = tenantTokenVerifier(edgeSecret(running().platformSecret), 'region')
    expect(await verify(String(request.headers[TENANT_TOKEN_HEADER]))).toEqual({
      ...shop,
      region: 'eu-west',
      shard: 's0',
      plan: 'business',
      status: 'active',
      locale: 'fr',
      currency: 'EUR',
      prices_include_vat: true,
    })
    expect(request.headers['x-client-ip']).not.toBe('6.6.6.6')
    expect(request.headers['x-internal-key']).toBeUndefined()
    expect(request.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    expect(headers['x-request-id']).toBe(request.headers['x-request-id'])
  })

  test('fifty requests at once for a new domain all find it, also when the first client hangs up', async () => {
    const { domain } = await newRoute()
    answer = json()
    const impatient = send({ url: edgeUrl, host: domain, path: '/v1/orders', timeoutMs: 1 }).catch(() => {})
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(domain, '/v1/orders')))
    await impatient
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  })

  test.each([
    [{ status: 'suspended', suspension_reason: 'payment' }, 'shop_unpaid', 402],
    [{ status: 'suspended', suspension_reason: 'abuse' }, 'shop_suspended', 403],
    [{ status: 'maintenance' }, 'maintenance', 503],
    [{ status: 'inactive' }, 'unknown_shop', 404],
  ])('a shop that is not open answers a problem: %j', async (changes, code, status) => {
    const { domain } = await newRoute(changes)
    sent()
    const response = await ask(domain, '/v1/orders')
    expect(response).toMatchObject({ status, body: { code } })
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(sent()).toEqual([])
  })

  test('a change shows at once when the edge is told of it', async () => {
    const { domain } = await newRoute()
    answer = json()
    expect((await ask(domain, '/v1/orders')).status).toBe(200)
    await platform.query(`UPDATE websites SET status = 'maintenance' WHERE domain = ?`, [domain])
    expect((await ask(domain, '/v1/orders')).status).toBe(200)
    await noticeEdge(edgeUrl, edgeSecret(running().platformSecret), domain)
    expect((await ask(domain, '/v1/orders')).status).toBe(503)
    await expect(noticeEdge(edgeUrl, 'a secret that is not the right one', domain)).rejects.toThrow()
  })

  test('nothing but the public paths gets through', async () => {
    const { domain } = await newRoute()
    sent()
    for (const host of [domain, 'platform.localhost']) {
      for (
        const path of [
          '/internal/identity/keys',
          '/psdb.v1alpha1.Database/Execute',
          '/ready',
          '/v1/../internal/directory/list',
          '//v1/orders',
        ]
      ) {
        expect((await ask(host, path, { method: 'POST', body: {} })).status).toBe(404)
      }
    }
    expect(sent()).toEqual([])
  })
})

describe('public reads', () => {
  test('are asked for once, answered 304 to those who have them, and asked anew when the catalogue changes', async () => {
    const { id, domain } = await newRoute()
    answer = json(200, EVERYTHING)
    sent()
    expect((await ask(domain, '/v1/products?b=1&a=2')).headers['x-cache']).toBe('miss')
    const hit = await ask(domain, '/v1/products?a=2&b=1')
    expect(hit).toMatchObject({ status: 200, text: '{"n":1}' })
    expect(hit.headers).toMatchObject({
      'x-cache': 'hit',
      etag: 'W/"one"',
      'cache-control': 'public, max-age=0, must-revalidate',
    })
    const known = await ask(domain, '/v1/products?a=2&b=1', { headers: { 'if-none-match': 'W/"one"' } })
    expect(known).toMatchObject({ status: 304, text: '' })
    expect((await ask(domain, '/v1/products?a=2&b=1', { method: 'HEAD' })).headers['x-cache']).toBe('hit')
    expect(sent().length).toBe(1)
    await platform.query(
      'UPDATE websites SET catalogue_version = catalogue_version + 1 WHERE tenant_id = ?',
      [id],
    )
    await noticeEdge(edgeUrl, edgeSecret(running().platformSecret), domain)
    expect((await ask(domain, '/v1/products?a=2&b=1')).headers['x-cache']).toBe('miss')
  })

  test('that many ask for at the same moment reach the region once, also when the first client hangs up', async () => {
    const { domain } = await newRoute()
    await ask(domain, '/v1/brands') // the shop itself is known
    answer = async (_, response) => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      response.writeHead(200, EVERYTHING).end('{"n":1}')
    }
    sent()
    const impatient = send({ url: edgeUrl, host: domain, path: '/v1/products/mug', timeoutMs: 50 }).catch(
      () => {},
    )
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(domain, '/v1/products/mug')))
    await impatient
    expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(answers.map(() => '200 {"n":1}'))
    expect(sent().length).toBe(1)
  })

  test('of one shop never answer another', async () => {
    const [one, two] = [await newRoute(), await newRoute()]
    answer = (request, response) =>
      void response.writeHead(200, EVERYTHING).end(JSON.stringify(request.headers[TENANT_TOKEN_HEADER]))
    const first = await ask(one.domain, '/v1/products')
    const second = await ask(two.domain, '/v1/products')
    expect(second.headers['x-cache']).toBe('miss')
    expect(second.text).not.toBe(first.text)
  })

  test('with a token, a basket or a cookie to set are never kept', async () => {
    const { id, domain } = await newRoute()
    const token = await new SignJWT({ tid: id }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h')
      .sign(new Uint8Array(32))
    answer = json(200, EVERYTHING)
    for (
      const headers of [{ authorization: `Bearer ${token}` }, { 'basket-token': 'b' }] as Record<
        string,
        string
      >[]
    ) {
      for (let i = 0; i < 2; i++) {
        expect((await ask(domain, '/v1/brands', { headers })).headers['x-cache']).toBe('bypass')
      }
    }
    answer = json(200, { ...EVERYTHING, 'set-cookie': 'a=b' })
    for (let i = 0; i < 2; i++) {
      expect((await ask(domain, '/v1/categories')).headers['x-cache']).toBe('bypass')
    }
  })
})

describe('what passes through', () => {
  test.skipIf(!findProgram('curl'))('curl uploads a large file, which it announces by itself', async () => {
    const { domain } = await newRoute()
    const bytes = 20 * 1024 * 1024
    const file = join(dir, 'large.csv')
    await writeFile(file, new Uint8Array(bytes).fill(120))
    answer = json(202)
    sent()
    const curl = (...more: string[]) =>
      promisify(execFile)('curl', [
        '-sS',
        '-i',
        '--data-binary',
        `@${file}`,
        ...['-H', 'content-type: text/csv', '-H', `host: ${domain}`, ...more],
        `${edgeUrl}/v1/admin/product-imports`,
      ])
    for (const more of [[], ['-H', 'expect: 100-continue'], ['-H', 'transfer-encoding: chunked']]) {
      const { stdout } = await curl(...more)
      expect(stdout).toMatch(/^HTTP\/1.1 202/m)
      const [{ headers, body }] = sent() as [Seen]
      expect(body.length).toBe(bytes)
      expect(headers.expect).toBeUndefined()
      if (!headers['transfer-encoding']) expect(headers['content-length']).toBe(String(bytes))
    }
  })

  test('conditions as they are, and nothing that is meant for one hop', async () => {
    const { domain } = await newRoute()
    answer = json(200, {
      'content-type': 'application/json',
      etag: '"v3"',
      'proxy-authenticate': 'Basic',
      'alt-svc': 'h3=":443"',
    })
    sent()
    const response = await ask(domain, '/v1/orders/x', {
      method: 'PATCH',
      body: {},
      headers: {
        'if-match': 'W/"v3", "v2"',
        te: 'trailers',
        'proxy-connection': 'keep-alive',
        'proxy-authorization': 'Basic YTpi',
      },
    })
    const [{ headers }] = sent() as [Seen]
    expect(headers['if-match']).toBe('W/"v3", "v2"')
    expect(response.headers.etag).toBe('"v3"')
    for (const name of ['te', 'proxy-connection', 'proxy-authorization']) {
      expect(headers[name]).toBeUndefined()
    }
    for (const name of ['proxy-authenticate', 'alt-svc']) {
      expect(response.headers[name]).toBeUndefined()
    }
  })

  test('an answer in the coding the client knows, whatever coding the region chose', async () => {
    const { domain } = await newRoute()
    answer = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync('{"n":1}'))
    const plain = await ask(domain, '/v1/orders')
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.body).toEqual({ n: 1 })
  })

  test('no body with a GET, and the length of what HEAD does not bring', async () => {
    const { domain } = await newRoute()
    answer = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'application/json', 'content-length': '7' }).end(
        '{"n":1}',
      )
    sent()
    expect((await ask(domain, '/v1/orders', { body: { a: 1 } })).status).toBe(200)
    expect(sent()[0]).toMatchObject({ method: 'GET', body: '' })
    expect((await ask(domain, '/v1/orders', { method: 'HEAD' })).headers['content-length']).toBe('7')
  })
})

describe('limits and failures', () => {
  test('one address gets 100 requests a minute of a standard shop, besides what is cached; other shops are not touched by it', async () => {
    const [small, other] = [await newRoute({ plan: 'standard' }), await newRoute()]
    answer = json(200, EVERYTHING)
    expect((await ask(small.domain, '/v1/products')).headers['x-cache']).toBe('miss')
    answer = json()
    const statuses = new Map<number, number>()
    let last: Answer | undefined
    // More than two windows' worth, as one may end while this runs.
    for (let i = 0; i < 240 && !last; i += 20) {
      for (
        const each of await Promise.all(Array.from({ length: 20 }, () => ask(small.domain, '/v1/orders')))
      ) {
        statuses.set(each.status, (statuses.get(each.status) ?? 0) + 1)
        if (each.status === 429) last = each
      }
    }
    expect(statuses.get(200)).toBeGreaterThanOrEqual(99)
    expect(last).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    expect(last!.headers['ratelimit-policy']).toBe('"address";q=100;w=60')
    expect(last!.headers.ratelimit).toMatch(/^"address";r=0;t=\d+$/)
    expect(Number(last!.headers['retry-after'])).toBeGreaterThan(0)
    expect(await ask(small.domain, '/v1/products')).toMatchObject({
      status: 200,
      headers: { 'x-cache': 'hit' },
    })
    expect((await ask(other.domain, '/v1/orders')).status).toBe(200)
  })

  test('a region that hangs up or sends a page is a problem of ours, with a request id', async () => {
    const { domain } = await newRoute()
    answer = (_request, response) => void response.destroy()
    const gone = await ask(domain, '/v1/orders')
    expect(gone).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(gone.body.request_id).toBe(gone.headers['x-request-id'])
    answer = json(502, { 'content-type': 'text/html' })
    expect(await ask(domain, '/v1/orders')).toMatchObject({ status: 502, body: { code: 'upstream_failed' } })
  })

  test('a body over 50 MB is refused before it is sent', async () => {
    const { domain } = await newRoute()
    answer = json()
    sent()
    const upload = (bytes: number) =>
      ask(domain, '/v1/product-imports', { method: 'POST', body: new Uint8Array(bytes) })
    expect(await upload(50 * 1024 * 1024 + 1)).toMatchObject({
      status: 413,
      body: { code: 'payload_too_large' },
    })
    expect(sent()).toEqual([])
    expect((await upload(5 * 1024 * 1024)).status).toBe(200)
    expect(sent()[0]!.body.length).toBe(5 * 1024 * 1024)
  })
})

describe('the region itself', () => {
  const through = (path: string, host = 'platform.localhost') => send({ url: running().edgeUrl, host, path })

  test('serves the API reference and the platform’s contract through the edge, without inline scripts', async () => {
    const page = await through('/docs')
    expect(page.status).toBe(200)
    expect(page.text).not.toMatch(/<script(?![^>]*\ssrc=)/)
    expect(page.headers['content-security-policy']).toContain(`script-src 'self'`)
    for (const [, path] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await through(path!)).status).toBe(200)
    }
    const contract = (await through('/openapi.json')).body
    expect(Object.keys(contract.paths).every((path) => path.startsWith('/platform/v1/'))).toBe(true)
    expect((await through('/docs/..%2f..%2fpackage.json')).status).toBe(404)
  })

  test('tells its health to all and its readiness to its own network only', async () => {
    expect(await through('/health')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect((await through('/ready')).status).toBe(404)
    const ask = (headers = {}) => send({ url: running().regionUrl, path: '/ready', headers })
    for (const told of [await ask(), await ask({ authorization: 'Bearer guessed-by-somebody-else' })]) {
      expect(told).toMatchObject({ status: 200, body: { status: 'ok' } })
      expect(Object.keys(told.body), 'pools and memory are the operator’s').toEqual(['status'])
    }
    const ready = await ask({ authorization: `Bearer ${running().operatorToken}` })
    expect(ready).toMatchObject({ status: 200, body: { status: 'ok', database: 'up', broker: 'up' } })
    expect(ready.body.memory.rss).toBeGreaterThan(1_000_000)
  })
})
