import { type Settings, settingsOf } from './settings.ts'
import { Limits } from './limits.ts'
import { Sharing } from './sharing.ts'
import { databaseSource, Shops } from './shops.ts'
import { tenantTokenIssuer } from '../../shared/auth/tenant-token.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'
import type { EdgeCache, Env } from './env.ts'

/** What an isolate answers with; a test makes its own. */
export type Edge = {
  settings: Settings
  shops: Shops
  limits: Limits
  /** The signed assertion for the region. */
  assertion: (tenant: Tenant) => Promise<string>
  fetch: typeof fetch
  cache: () => EdgeCache
  sharing: Sharing
}

const made = new WeakMap<Env, Edge>()

/** Throws an Error that names a variable which is missing or wrong. */
export function edgeOf(env: Env): Edge {
  const known = made.get(env)
  if (known) return known
  const settings = settingsOf(env)
  const edge: Edge = {
    settings,
    shops: new Shops(env.TENANTS, databaseSource(env.DATABASE_URL)),
    limits: new Limits(env),
    assertion: tenantTokenIssuer(env.EDGE_SECRET, { issuer: 'edge', audience: 'region' }),
    // A bare reference would lose `this` in workerd.
    fetch: (input, init) => fetch(input, init),
    cache: () => (caches as unknown as { default: EdgeCache }).default,
    sharing: new Sharing(),
  }
  made.set(env, edge)
  return edge
}
