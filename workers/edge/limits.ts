import { LRUCache } from 'lru-cache'
import { Problem } from '../../shared/errors/problem.ts'
import { networkOf } from '../../shared/kernel/network.ts'
import { plans } from '../../shared/kernel/plans.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'
import type { Env, RateLimiter } from './env.ts'
import type { Visit } from './visit.ts'

/** Requests in a window of 60 s. The name is what `RateLimit` calls it, and tells its keys from others of one binding. */
type Policy = { name: string; quota: number; limiter: RateLimiter; key: string }
type Step = Pick<Policy, 'quota' | 'limiter'>

/** The window of every binding in wrangler.toml. */
export const WINDOW_S = 60
/** RATE_SMALL and RATE_AUTH of wrangler.toml. */
export const SMALL_QUOTA = 100
export const AUTH_QUOTA = 30
const MAX_COUNTERS = 20_000

/** What leads to an order, and signing in: it goes on when a shop's browsers have used up the plan. */
const RESERVED = /^\/v1\/(auth|baskets|orders)(\/|$)/

/**
 * The rate limits of shops, addresses and authentication. An address is one IPv4 address or one /64 network of IPv6;
 * it gets a part of a shop's limit, and `RESERVED` paths get the same part on top when the rest is spent. Answers
 * from the cache are never counted. The bindings decide; they don't tell how much is left, so the `RateLimit` header
 * tells what this isolate has counted, an upper bound.
 */
export class Limits {
  readonly #env: Env
  readonly #counters = new LRUCache<string, number>({ max: MAX_COUNTERS })
  /** Networks that look for shops where none are, and until when they are not heard. */
  readonly #strangers = new LRUCache<string, number>({ max: MAX_COUNTERS })

  constructor(env: Env) {
    this.#env = env
  }

  /** For what a region is asked. Throws `too_many_requests` when the client or the shop has had enough. */
  async shop(visit: Visit, { id, plan }: Tenant): Promise<void> {
    const { whole, part } = this.#stepsOf(plan)
    const { request, url: { pathname } } = visit
    const own = `${id} ${networkOf(visit.ip)}`
    const byAddress: Policy[] = [{ name: 'address', ...part, key: own }]
    if (/^\/v1\/auth(\/|$)/.test(pathname) && !['GET', 'HEAD'].includes(request.method)) {
      byAddress.push({ name: 'auth', quota: AUTH_QUOTA, limiter: this.#env.RATE_AUTH, key: own })
    }
    // First, so that what a noisy address asks for in vain is not taken from its shop.
    if (!await this.#spend(visit, byAddress)) throw enough()
    if (await this.#spend(visit, [{ name: plan, ...whole, key: id }])) return
    if (RESERVED.test(pathname) && await this.#spend(visit, [{ name: 'reserve', ...part, key: id }])) return
    throw enough()
  }

  /** The platform's own API has no plan: by address. */
  async platform(visit: Visit): Promise<void> {
    const { whole } = this.#stepsOf('standard')
    if (!await this.#spend(visit, [{ name: 'platform', ...whole, key: networkOf(visit.ip) }])) throw enough()
  }

  /** Before a domain is looked up. Throws `too_many_requests` for a client that has met too many strangers. */
  lookUp(visit: Visit): void {
    if ((this.#strangers.get(networkOf(visit.ip)) ?? 0) > Date.now()) throw enough()
  }

  /** No shop is there. Throws `too_many_requests` instead of letting the same client go on asking. */
  async stranger(visit: Visit): Promise<void> {
    const key = networkOf(visit.ip)
    const policy = { name: 'unknown-hosts', quota: SMALL_QUOTA, limiter: this.#env.RATE_SMALL, key }
    if (await this.#spend(visit, [policy])) return
    this.#strangers.set(key, Date.now() + resetS() * 1000)
    throw enough()
  }

  /** A plan's limit, and the part of it that is the next smaller plan's. */
  #stepsOf(plan: Tenant['plan']): { whole: Step; part: Step } {
    const { RATE_SMALL, RATE_STANDARD, RATE_PREMIUM, RATE_BUSINESS } = this.#env
    const small = { quota: SMALL_QUOTA, limiter: RATE_SMALL }
    const standard = { quota: plans.standard.requests_per_minute, limiter: RATE_STANDARD }
    const premium = { quota: plans.premium.requests_per_minute, limiter: RATE_PREMIUM }
    const business = { quota: plans.business.requests_per_minute, limiter: RATE_BUSINESS }
    return {
      standard: { whole: standard, part: small },
      premium: { whole: premium, part: standard },
      business: { whole: business, part: premium },
    }[plan]
  }

  /** Whether all of them have room, and says so. Headers: IETF draft-ietf-httpapi-ratelimit-headers-10. */
  async #spend(visit: Visit, policies: Policy[]): Promise<boolean> {
    const outcomes = await Promise.all(
      policies.map(({ limiter, name, key }) => limiter.limit({ key: `${name} ${key}` })),
    )
    for (const [i, { name, key, quota }] of policies.entries()) {
      const left = outcomes[i]!.success ? Math.max(0, quota - this.#count(`${name} ${key}`)) : 0
      visit.headers.append('ratelimit-policy', `"${name}";q=${quota};w=${WINDOW_S}`)
      visit.headers.append('ratelimit', `"${name}";r=${left};t=${resetS()}`)
    }
    return outcomes.every(({ success }) => success)
  }

  #count(key: string): number {
    const counter = `${Math.floor(Date.now() / 1000 / WINDOW_S)} ${key}`
    const count = (this.#counters.get(counter) ?? 0) + 1
    this.#counters.set(counter, count)
    return count
  }
}

const resetS = () => Math.ceil(WINDOW_S - Date.now() / 1000 % WINDOW_S)
const enough = () => new Problem('too_many_requests', undefined, {}, { 'retry-after': String(resetS()) })
