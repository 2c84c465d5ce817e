import { tenantTokenIssuer } from '../../shared/auth/tenant-token.ts'
import type { Tenant } from '../../shared/service/tenant.ts'
import type { EdgeCache, Env, KeyValue, Lifetime, Means, RateLimiter } from './env.ts'
import { Limits } from './limits.ts'
import { settingsOf } from './settings.ts'
import { type Shop, Shops, type Source } from './shops.ts'

/** Stand-ins for what Cloudflare gives a worker. Only tests use them. */
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

export const limiter = (limit = Infinity): RateLimiter & { keys: string[] } => {
  const keys: string[] = []
  return { keys, limit: ({ key }) => Promise.resolve({ success: keys.push(key) <= limit }) }
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
  waitUntil = (work: Promise<unknown>) => void this.#work.push(work)
  done = () => Promise.all(this.#work)
}

export type Sent = { url: string; init: RequestInit & { headers: Headers } }

/** An edge whose region is `answer`. `sent` is what that region got. */
export function edgeWith(
  answer: (sent: Sent) => Response | Promise<Response> = () => Response.json({ ok: true }),
  options: {
    shops?: Shop[]
    source?: Source
    limiters?: Partial<Record<`RATE_${string}`, RateLimiter>>
    regions?: unknown
  } = {},
): Means & { sent: Sent[]; kept: MemoryCache; kv: MemoryKv } {
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
    sent,
    kept,
    kv,
  }
}
