/** The parts of Cloudflare's types that are used here: its own package would redefine the globals of the region. */
export type KeyValue = {
  get(key: string, type: 'json'): Promise<unknown>
  put(key: string, value: string, options: { expirationTtl: number }): Promise<void>
  delete(key: string): Promise<void>
}
export type RateLimiter = { limit(options: { key: string }): Promise<{ success: boolean }> }
export type Lifetime = {
  waitUntil(work: Promise<unknown>): void
  passThroughOnException(): void
  props: unknown
}
export type EdgeCache = {
  match(key: Request): Promise<Response | undefined>
  put(key: Request, response: Response): Promise<void>
}

/** Bindings and variables of `wrangler.toml`, secrets of `wrangler secret put`. */
export type Env = {
  /** JSON: region → URL, or region → `{default: URL, <service>: URL}`. */
  REGIONS: string
  PLATFORM_HOST: string
  /** The region that answers the platform's own API. */
  PLATFORM_REGION: string
  /** Secret. Signs what the region believes of a shop: `edgeSecret(PLATFORM_SECRET)`, never the platform secret. */
  EDGE_SECRET: string
  /** Secret. `https://edge_reader:password@host`, for `@planetscale/database`. */
  DATABASE_URL: string
  TENANTS: KeyValue
  RATE_STANDARD: RateLimiter
  RATE_PREMIUM: RateLimiter
  RATE_BUSINESS: RateLimiter
  RATE_SMALL: RateLimiter
  RATE_AUTH: RateLimiter
}
