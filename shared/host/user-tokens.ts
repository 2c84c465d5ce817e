import { issuerOf } from '../auth/issuer.ts'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { Problem } from '../errors/problem.ts'
import type { PortClient } from '../service/port.ts'
import type { Tenant } from '../kernel/tenant.ts'
import type { Actor } from '../auth/actor.ts'
import type { identity } from './identity.ts'
import type { SessionNews } from '../auth/session-news.ts'

/** Claims of an access token. `tid` is the shop it was made for, `sid` the session it stands on. */
export type AccessClaims = { sub: `user_${string}`; sid: `ses_${string}`; tid: string; exp: number }

/** How long a process may believe in a session without asking; news of it end it sooner. */
const SESSION_TTL_MS = 30_000
const KEYS_TTL_MS = 600_000
const KEYS_RETRY_MS = 5_000
const MAX_KEPT = 20_000
const MAX_SHOPS = 10_000

type Keys = { set: ReturnType<typeof createLocalJWKSet>; kids: string[]; fetchedAt: number }
type UserActor = Actor & { type: 'user' }
type Known = { actor: UserActor; tenant: string; until: number }
/** A question on its way: news that come before its answer make the answer too old to be remembered. */
type Asking = { tenant: string; user: string; session: string; isOutdated: boolean }

/** Turns bearer tokens into actors: signature by the shop's published keys, then the session behind it. */
export class UserTokens {
  /** By token, the oldest first. */
  readonly #actors = new Map<string, Known>()
  readonly #tokensOf = new Map<string, Set<string>>()
  readonly #asking = new Set<Asking>()
  /** By shop. */
  readonly #keys = new LRUCache<string, Keys>({ max: MAX_SHOPS })

  /** Throws `invalid_token` for any token that isn't, or no longer is, good in this shop. */
  async actor(token: string, tenant: Tenant, port: () => PortClient<typeof identity>): Promise<Actor> {
    const known = this.#actors.get(token)
    if (known?.tenant === tenant.id && known.until > Date.now()) return known.actor
    const claims = await this.#verify(token, tenant, port())
    const asking: Asking = { tenant: tenant.id, user: claims.sub, session: claims.sid, isOutdated: false }
    this.#asking.add(asking)
    try {
      const session = await port().session({ session: claims.sid })
      if (!session.active || session.user_id !== claims.sub) throw invalid()
      const { email, name, roles, permissions } = session
      const actor: UserActor = {
        type: 'user',
        id: claims.sub,
        session: claims.sid,
        email,
        name,
        roles,
        permissions,
      }
      const until = Math.min(claims.exp * 1000, Date.now() + SESSION_TTL_MS)
      if (!asking.isOutdated) this.#remember(token, { actor, tenant: tenant.id, until })
      return actor
    } finally {
      this.#asking.delete(asking)
    }
  }

  /** A session ended, a right changed, a key was rotated: ask again about those, and about nobody else. */
  forget(news: SessionNews): void {
    if ('keys' in news) return void this.#keys.delete(news.tenant)
    for (const asking of this.#asking) {
      if (asking.tenant !== news.tenant) continue
      if (!('user' in news) || (asking.user === news.user && isSession(news, asking.session))) {
        asking.isOutdated = true
      }
    }
    const tokens = 'user' in news ? this.#tokensOf.get(news.user) ?? [] : this.#actors.keys()
    for (const token of [...tokens]) {
      if (concerns(news, this.#actors.get(token)!)) this.#drop(token)
    }
  }

  #remember(token: string, known: Known): void {
    this.#drop(token)
    if (this.#actors.size >= MAX_KEPT) this.#drop(this.#actors.keys().next().value!)
    this.#actors.set(token, known)
    const tokens = this.#tokensOf.get(known.actor.id)
    if (tokens) tokens.add(token)
    else this.#tokensOf.set(known.actor.id, new Set([token]))
  }

  #drop(token: string): void {
    const known = this.#actors.get(token)
    if (!known) return
    this.#actors.delete(token)
    const tokens = this.#tokensOf.get(known.actor.id)
    tokens?.delete(token)
    if (tokens?.size === 0) this.#tokensOf.delete(known.actor.id)
  }

  async #verify(token: string, tenant: Tenant, port: PortClient<typeof identity>): Promise<AccessClaims> {
    try {
      const { kid } = decodeProtectedHeader(token)
      const keys = await this.#keysOf(tenant, kid ?? '', port)
      const { payload } = await jwtVerify<AccessClaims>(token, keys.set, {
        algorithms: ['EdDSA'],
        audience: 'shop',
        issuer: issuerOf(tenant),
        requiredClaims: ['exp', 'sub', 'sid'],
      })
      if (payload.tid === tenant.id) return payload
    } catch (error) {
      if (error instanceof Problem) throw error
    }
    throw invalid()
  }

  async #keysOf(tenant: Tenant, kid: string, port: PortClient<typeof identity>): Promise<Keys> {
    const known = this.#keys.get(tenant.id)
    const age = known ? Date.now() - known.fetchedAt : Infinity
    if (known && age < KEYS_TTL_MS && (known.kids.includes(kid) || age < KEYS_RETRY_MS)) return known
    const jwks = await port.keys({}) as unknown as JSONWebKeySet
    const fetched = {
      set: createLocalJWKSet(jwks),
      kids: jwks.keys.map((key) => key.kid ?? ''),
      fetchedAt: Date.now(),
    }
    this.#keys.set(tenant.id, fetched)
    return fetched
  }
}

const isSession = (news: { session?: string }, session: string) =>
  news.session === undefined || news.session === session

function concerns(news: Exclude<SessionNews, { keys: true }>, { actor, tenant }: Known): boolean {
  if (tenant !== news.tenant) return false
  if ('user' in news) return actor.id === news.user && isSession(news, actor.session)
  if ('role' in news) return actor.roles.includes(news.role)
  return actor.permissions.includes(news.permission)
}

const invalid = () =>
  new Problem('invalid_token', undefined, {}, { 'www-authenticate': 'Bearer error="invalid_token"' })
