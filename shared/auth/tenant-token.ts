import { jwtVerify, SignJWT } from 'jose'
import type { Tenant } from '../kernel/tenant.ts'

/**
 * A short-lived, signed statement of which shop a request belongs to. The edge makes one for the region
 * (`edge` → `region`), a service makes one for another (`<service>` → `internal`). Nothing but such a token
 * names a tenant: no plain header is ever believed.
 */
export type TenantTokenKind = { issuer: string; audience: 'region' | 'internal' }

export const TENANT_TOKEN_HEADER = 'x-tenant-assertion'
const LIFE_S = 60
/** Handed out until this long before its end, so that it doesn't expire on its way. */
const MARGIN_MS = 15_000
const MAX_KEPT = 10_000

const bytes = (secret: string) => new TextEncoder().encode(secret)

/** Makes tokens, each kept for its life: signing once a minute and shop instead of once a request. */
export function tenantTokenIssuer(
  secret: string,
  kind: TenantTokenKind,
): (tenant: Tenant) => Promise<string> {
  const kept = new Map<string, { token: Promise<string>; until: number; tenant: string }>()
  return (tenant) => {
    const known = kept.get(tenant.domain)
    const claims = JSON.stringify(tenant)
    if (known && known.until > Date.now() && known.tenant === claims) return known.token
    if (kept.size >= MAX_KEPT) kept.clear()
    const token = new SignJWT({ tenant })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(kind.issuer)
      .setAudience(kind.audience)
      .setIssuedAt()
      .setExpirationTime(`${LIFE_S}s`)
      .sign(bytes(secret))
    kept.set(tenant.domain, { token, until: Date.now() + LIFE_S * 1000 - MARGIN_MS, tenant: claims })
    return token
  }
}

/** Reads tokens; a verified one is remembered until it expires. Undefined for anything that isn't valid. */
export function tenantTokenVerifier(
  secret: string,
  audience: TenantTokenKind['audience'],
): (token: string) => Promise<Tenant | undefined> {
  const verified = new Map<string, { tenant: Tenant; until: number }>()
  return async (token) => {
    const known = verified.get(token)
    if (known && known.until > Date.now()) return known.tenant
    try {
      const { payload } = await jwtVerify<{ tenant: Tenant }>(token, bytes(secret), {
        audience,
        algorithms: ['HS256'],
      })
      if (verified.size >= MAX_KEPT) verified.clear()
      verified.set(token, { tenant: payload.tenant, until: payload.exp! * 1000 })
      return payload.tenant
    } catch {
      return undefined
    }
  }
}
