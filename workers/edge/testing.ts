import { SignJWT } from 'jose'
import { tenantTokenIssuer } from '../../shared/auth/tenant-token.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'
import { app } from './app.ts'
import type { Edge } from './edge.ts'
import type { EdgeCache, Env, KeyValue, Lifetime, RateLimiter } from './env.ts'
import { Limits } from './limits.ts'
import { settingsOf } from './settings.ts'
import { Sharing } from './sharing.ts'
import { type Shop, Shops, type Source } from './shops.ts'

/** Stand-ins for what Cloudflare gives a worker. Only tests use them. */
export const SHOP = 'http://abc.localhost:8787'
export const PLATFORM = 'http://platform.localhost:8787'
export const TENANT: Tenant = {
  id: 'abc-7f3a9c',
  website: 'site_01h2xcejqtf2nbrexx3vqjhp41',
  domain: 'abc.localhost',
  region: 'eu-west',
  shard: 's0',
  plan: 'standard',
  status: 'active',
  locale: 'en',
  currency: 'EUR',
  prices_include_vat: true,
}

export const shopWith = (changes: Partial<Tenant> = {}, suspension_reason: string | null = null): Shop => ({
  tenant: { ...TENANT, ...changes },
  catalogue_version: 1,
  suspension_reason,
})

/** Of an answer that everyone may share. */
export const PUBLIC = {
  'content-type': 'application/json',
  etag: 'W/"one"',
  'cache-control': 'public, max-age=0, s-maxage=60, must-revalidate',
}

/** Signed by nobody: the edge doesn't look. */
export const token = (claims: Record<string, unknown>, expiry: string | number = '1h') =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(expiry).sign(new Uint8Array(32))

/** Each key `limit` times. */
export const limiter = (limit = Infinity): RateLimiter & { keys: string[] } => {
  const keys: string[] = []
  return {
    keys,
    limit: ({ key }) => {
      keys.push(key)
      return Promise.resolve({ success: keys.filter((each) => each === key).length <= limit })
    },
  }
}

export class MemoryKv implements KeyValue {
  readonly entries = new Map<string, string>()
  get = (key: string) => Promise.resolve(this.entries.has(key) ? JSON.parse(this.entries.get(key)!) : null)
  put = (key: string, value: string) => Promise.resolve(void this.entries.set(key, value))
  delete = (key: string) => Promise.resolve(void this.entries.delete(key))
}

export class MemoryCache implements EdgeCache {
  readonly entries = new Map<string, Response>()
  match = (key: Request) => Promise.resolve(this.entries.get(key.url)?.clone())
  put = (key: Request, response: Response) => Promise.resolve(void this.entries.set(key.url, response))
}

/** Work that goes on after the answer; `done` waits for it. */
export class TestLifetime implements Lifetime {
  readonly #work: Promise<unknown>[] = []
  readonly props = {}
  waitUntil = (work: Promise<unknown>) => void this.#work.push(work)
  passThroughOnException = () => {}
  done = () => Promise.all(this.#work)
}

/** The answer, once all that goes on after it has ended. */
export async function ask(edge: Edge, url: string, init?: RequestInit): Promise<Response> {
  const lifetime = new TestLifetime()
  const response = await app.fetch(new Request(url, init), edge, lifetime)
  await lifetime.done()
  return response
}

export const codeOf = async (response: Response) => `${response.status} ${(await response.json()).code}`

export type Sent = { url: string; init: RequestInit & { headers: Headers } }

export type TestEdge = Edge & { sent: Sent[]; kept: MemoryCache; kv: MemoryKv }

/** An edge whose region is `answer`. `sent` is what that region got. */
export function edgeWith(
  answer: (sent: Sent) => Response | Promise<Response> = () => Response.json({ ok: true }),
  options: {
    shops?: Shop[]
    source?: Source
    limiters?: Partial<Record<`RATE_${string}`, RateLimiter>>
    regions?: unknown
  } = {},
): TestEdge {
  const kv = new MemoryKv()
  const env: Env = {
    REGIONS: JSON.stringify(options.regions ?? { 'eu-west': 'http://region.test' }),
    PLATFORM_HOST: 'platform.localhost',
    PLATFORM_REGION: 'eu-west',
    EDGE_SECRET: 'an edge secret that is long enough',
    DATABASE_URL: 'http://user:password@database.test',
    TENANTS: kv,
    RATE_STANDARD: limiter(),
    RATE_PREMIUM: limiter(),
    RATE_BUSINESS: limiter(),
    RATE_SMALL: limiter(),
    RATE_AUTH: limiter(),
    ...options.limiters,
  }
  const shops = options.shops ?? [shopWith()]
  const source = options.source ??
    ((domain) => Promise.resolve(shops.find((each) => each.tenant.domain === domain) ?? null))
  const sent: Sent[] = []
  const kept = new MemoryCache()
  return {
    settings: settingsOf(env),
    shops: new Shops(kv, source),
    limits: new Limits(env),
    assertion: tenantTokenIssuer(env.EDGE_SECRET, { issuer: 'edge', audience: 'region' }),
    fetch: (async (url: string, init: Sent['init']) => {
      sent.push({ url, init })
      return await answer({ url, init })
    }) as unknown as typeof fetch,
    cache: () => kept,
    sharing: new Sharing(),
    sent,
    kept,
    kv,
  }
}
