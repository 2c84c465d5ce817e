import { Client } from '@planetscale/database'
import { LRUCache } from 'lru-cache'
import { Problem } from '../../shared/errors/problem.ts'
import { idFromBytes } from '../../shared/kernel/id.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'
import type { KeyValue, Lifetime } from './env.ts'
import { logError } from './log.ts'

/** A shop as its domain leads to it. */
export type Shop = { tenant: Tenant; catalogue_version: number; suspension_reason: string | null }

/** Asks where the shops are kept. Null: no shop has this domain. */
export type Source = (domain: string) => Promise<Shop | null>

/** How long an isolate believes what it knows; a notice of the region ends it sooner, in the isolate it reaches. */
const FRESH_MS = 10_000
const FRESH_UNKNOWN_MS = 3_000
/** The least that KV allows. */
const KV_TTL_S = 60
const KV_WRITE_EVERY_MS = 1_100
/** While the database is away, shops go on with what was known of them last. */
const STALE_MS = 30 * 60_000
const RETRY_MS = 2_000
const LOOK_UP_MS = 3_000
const MAX_SHOPS = 20_000
const MAX_UNKNOWN = 5_000
const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/

type Known = { shop: Shop; until: number; staleUntil: number }
type LookUp = { found: Promise<Shop | null>; startedAt: number }

/**
 * Shops by domain: memory of the isolate, then KV, then the platform's database. Entries hold their own ends: the
 * clock of `lru-cache` rests on a timer, and in workerd a timer ends with the request that set it.
 */
export class Shops {
  readonly #kv: KeyValue
  readonly #source: Source
  readonly #known = new LRUCache<string, Known>({ max: MAX_SHOPS })
  /** Apart, so that made-up hosts cannot push shops out. */
  readonly #unknown = new LRUCache<string, number>({ max: MAX_UNKNOWN })
  readonly #running = new Map<string, LookUp>()

  constructor(kv: KeyValue, source: Source) {
    this.#kv = kv
    this.#source = source
  }

  /**
   * Null: no shop has this domain. `allow` is called before a domain of which nothing is known is looked up, and may
   * throw. Throws `unavailable` when it can't be found out.
   */
  async find(domain: string, lifetime: Lifetime, allow: () => void = () => {}): Promise<Shop | null> {
    if (!DOMAIN.test(domain)) return null
    const now = Date.now()
    const known = this.#known.get(domain)
    if (known && known.until > now) return known.shop
    if ((this.#unknown.get(domain) ?? 0) > now) return null
    if (!known) allow()
    try {
      return await this.#lookUpOnce(domain, lifetime)
    } catch (error) {
      logError('shop look-up failed', { domain, error: String(error) })
      if (!known || known.staleUntil < now) {
        throw new Problem('unavailable', undefined, {}, { 'retry-after': '2' })
      }
      known.until = Date.now() + RETRY_MS
      return known.shop
    }
  }

  /**
   * The shop has changed. Other isolates notice within 10 s, other locations when their copy of the KV entry ends,
   * within 60 s.
   */
  async forget(domain: string, lifetime: Lifetime): Promise<void> {
    this.#known.delete(domain)
    this.#unknown.delete(domain)
    this.#running.delete(domain) // what is being read may be older than the change: not to be kept
    const key = keyOf(domain)
    // A catalogue may change more often than KV takes a write to one key: the last change must not be the one it refuses.
    await this.#kv.delete(key).catch(() => {
      lifetime.waitUntil(after(KV_WRITE_EVERY_MS).then(() => this.#kv.delete(key)).catch(() => {}))
    })
  }

  /** Many requests for one domain wait for one look-up. */
  async #lookUpOnce(domain: string, lifetime: Lifetime): Promise<Shop | null> {
    const other = this.#running.get(domain)
    if (other && Date.now() - other.startedAt < LOOK_UP_MS) {
      // Its request may be gone, and its input and output with it: never wait for it without a limit.
      const found = await Promise.race([other.found, after(LOOK_UP_MS)])
      if (found !== LATE) return found
    }
    const lookUp: LookUp = { startedAt: Date.now(), found: Promise.resolve(null) }
    lookUp.found = this.#lookUp(domain, lookUp, lifetime)
    this.#running.set(domain, lookUp)
    // Keeps it alive for the others when the client who caused it hangs up.
    lifetime.waitUntil(lookUp.found.catch(() => {}))
    return await lookUp.found
  }

  async #lookUp(domain: string, self: LookUp, lifetime: Lifetime): Promise<Shop | null> {
    const isCurrent = () => this.#running.get(domain) === self
    try {
      const stored = await this.#kv.get(keyOf(domain), 'json').catch(() => null) as Shop | null
      const shop = stored ?? await this.#source(domain)
      if (!isCurrent()) return shop
      const now = Date.now()
      if (shop) {
        this.#known.set(domain, { shop, until: now + FRESH_MS, staleUntil: now + STALE_MS })
        this.#unknown.delete(domain)
      } else {
        this.#known.delete(domain)
        this.#unknown.set(domain, now + FRESH_UNKNOWN_MS)
      }
      if (shop && !stored) {
        const put = this.#kv.put(keyOf(domain), JSON.stringify(shop), { expirationTtl: KV_TTL_S })
        lifetime.waitUntil(put.catch(() => {}))
      }
      return shop
    } finally {
      if (isCurrent()) this.#running.delete(domain)
    }
  }
}

/** The `shop_routes` view of the platform's database, over HTTP. */
export function databaseSource(url: string): Source {
  const client = new Client({
    url,
    fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(LOOK_UP_MS) } as RequestInit),
  })
  return async (domain) => {
    const { rows } = await client.execute<ShopRow>(SELECT_SHOP, [domain])
    return rows[0] ? shopOf(rows[0]) : null
  }
}

const SELECT_SHOP =
  `SELECT domain, tenant_id, website_id, region, shard, plan, status, suspension_reason, locale, currency,
  prices_include_vat, catalogue_version FROM shop_routes WHERE domain = ? LIMIT 1`

export type ShopRow = Omit<Tenant, 'id' | 'website' | 'prices_include_vat'> & {
  prices_include_vat: boolean | number | string
  tenant_id: string
  website_id: Uint8Array
  suspension_reason: string | null
  catalogue_version: number | string
}

export function shopOf(row: ShopRow): Shop {
  const { domain, region, shard, plan, status, locale, currency } = row
  return {
    tenant: {
      id: row.tenant_id,
      website: idFromBytes('site', row.website_id),
      domain,
      region,
      shard,
      plan,
      status,
      locale,
      currency,
      prices_include_vat: Number(row.prices_include_vat) === 1,
    },
    catalogue_version: Number(row.catalogue_version),
    suspension_reason: row.suspension_reason,
  }
}

const keyOf = (domain: string) => `shop/v2/${domain}`
const LATE = Symbol('late')
const after = (ms: number) => new Promise<typeof LATE>((resolve) => setTimeout(() => resolve(LATE), ms))
