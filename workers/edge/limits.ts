import { Problem } from '../../shared/errors/problem.ts'
import { plans } from '../../shared/kernel/plans.ts'
import type { Tenant } from '../../shared/service/tenant.ts'
import type { Env, RateLimiter } from './env.ts'
import { Kept } from './kept.ts'
import type { Visit } from './visit.ts'

type Policy = { name: string; quota: number; limiter: RateLimiter; key: string }

/** The window of every binding in wrangler.toml. */
const WINDOW_S = 60
/** As RATE_AUTH in wrangler.toml. */
const AUTH_QUOTA = 30
const MAX_COUNTERS = 20_000

/**
 * The rate limits of plans and of authentication. The bindings decide; they don't tell how much is left, so the
 * `RateLimit` header tells what this isolate has counted, an upper bound.
 */
export class Limits {
  readonly #env: Env
  readonly #counters = new Kept<{ window: number; count: number }>(MAX_COUNTERS)

  constructor(env: Env) {
    this.#env = env
  }

  /** Throws `too_many_requests` when the shop's plan, or the client on `/v1/auth`, has had enough. */
  async shop(visit: Visit, tenant: Tenant): Promise<void> {
    const { plan, id } = tenant
    const policies: Policy[] = [
      { name: plan, quota: plans[plan].requests_per_minute, limiter: this.#limiterOf(plan), key: id },
    ]
    if (/^\/v1\/auth(\/|$)/.test(visit.url.pathname)) {
      policies.push({
        name: 'auth',
        quota: AUTH_QUOTA,
        limiter: this.#env.RATE_AUTH,
        key: `${id} ${visit.ip}`,
      })
    }
    await this.#spend(visit, policies)
  }

  /** The platform's own API has no plan: by client address. */
  async platform(visit: Visit): Promise<void> {
    const quota = plans.standard.requests_per_minute
    await this.#spend(visit, [
      { name: 'platform', quota, limiter: this.#env.RATE_STANDARD, key: `platform ${visit.ip}` },
    ])
  }

  #limiterOf(plan: Tenant['plan']): RateLimiter {
    const { RATE_STANDARD, RATE_PREMIUM, RATE_BUSINESS } = this.#env
    return { standard: RATE_STANDARD, premium: RATE_PREMIUM, business: RATE_BUSINESS }[plan]
  }

  /** Headers: IETF draft-ietf-httpapi-ratelimit-headers-10. */
  async #spend(visit: Visit, policies: Policy[]): Promise<void> {
    const outcomes = await Promise.all(policies.map(({ limiter, key }) => limiter.limit({ key })))
    const now = Date.now() / 1000
    const resetS = Math.ceil(WINDOW_S - now % WINDOW_S)
    const left = policies.map(({ name, key, quota }, i) =>
      outcomes[i]!.success
        ? Math.max(0, quota - this.#count(`${name} ${key}`, Math.floor(now / WINDOW_S)))
        : 0
    )
    visit.headers.set(
      'ratelimit-policy',
      policies.map(({ name, quota }) => `"${name}";q=${quota};w=${WINDOW_S}`).join(', '),
    )
    visit.headers.set(
      'ratelimit',
      policies.map(({ name }, i) => `"${name}";r=${left[i]};t=${resetS}`).join(', '),
    )
    if (outcomes.some(({ success }) => !success)) {
      throw new Problem('too_many_requests', undefined, {}, { 'retry-after': String(resetS) })
    }
  }

  #count(key: string, window: number): number {
    const known = this.#counters.get(key)
    if (known?.window === window) return ++known.count
    this.#counters.set(key, { window, count: 1 })
    return 1
  }
}
