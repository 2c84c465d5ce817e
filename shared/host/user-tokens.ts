import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { Problem } from '../errors/problem.ts'
import type { PortClient } from '../service/port.ts'
import type { Tenant } from '../kernel/tenant.ts'
import type { Actor } from '../auth/actor.ts'
import type { identity } from './identity.ts'

/** Claims of an access token. `tid` is the shop it was made for, `sid` the session it stands on. */
export type AccessClaims = { sub: `user_${string}`; sid: `ses_${string}`; tid: string; exp: number }

/** How long a process may believe in a session without asking; a broadcast ends it sooner. */
const SESSION_TTL_MS = 30_000
const KEYS_TTL_MS = 600_000
const KEYS_RETRY_MS = 5_000
const MAX_KEPT = 20_000

type Keys = { set: ReturnType<typeof createLocalJWKSet>; kids: string[]; fetchedAt: number }

/** Turns bearer tokens into actors: signature by the shop's published keys, then the session behind it. */
export class UserTokens {
  readonly #actors = new Map<string, { actor: Actor; tenant: string; generation: number; until: number }>()
  /** Counts what `forget` was told, by shop: actors of an earlier generation don't count. */
  readonly #generations = new Map<string, number>()
  readonly #keys = new Map<string, Keys>()

  /** Throws `invalid_token` for any token that isn't, or no longer is, good in this shop. */
  async actor(token: string, tenant: Tenant, port: () => PortClient<typeof identity>): Promise<Actor> {
    const generation = this.#generations.get(tenant.id) ?? 0
    const known = this.#actors.get(token)
    if (known?.tenant === tenant.id && known.generation === generation && known.until > Date.now()) {
      return known.actor
    }
    const claims = await this.#verify(token, tenant, port())
    const session = await port().session({ session: claims.sid })
    if (!session.active) throw new Problem('invalid_token')
    const { active: _, ...account } = session
    const actor: Actor = { type: 'user', id: claims.sub, session: claims.sid, ...account }
    if (this.#actors.size >= MAX_KEPT) this.#actors.clear()
    const until = Math.min(claims.exp * 1000, Date.now() + SESSION_TTL_MS)
    this.#actors.set(token, { actor, tenant: tenant.id, generation, until })
    return actor
  }

  /** A session ended, a role changed, a key was rotated: ask again. */
  forget(tenant: string): void {
    this.#keys.delete(tenant)
    this.#generations.set(tenant, (this.#generations.get(tenant) ?? 0) + 1)
  }

  async #verify(token: string, tenant: Tenant, port: PortClient<typeof identity>): Promise<AccessClaims> {
    try {
      const { kid } = decodeProtectedHeader(token)
      const keys = await this.#keysOf(tenant, kid ?? '', port)
      const { payload } = await jwtVerify<AccessClaims>(token, keys.set, {
        algorithms: ['EdDSA'],
        audience: 'shop',
      })
      if (payload.tid === tenant.id) return payload
    } catch (error) {
      if (error instanceof Problem) throw error
    }
    throw new Problem('invalid_token', undefined, {}, { 'www-authenticate': 'Bearer error="invalid_token"' })
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
