import { decodeJwt, decodeProtectedHeader } from 'jose'
import { Problem } from '../../shared/errors/problem.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'

/**
 * Stops what no service could accept: a bearer token that is malformed, expired or made for another shop. The
 * signature is the service's to verify. Throws `invalid_token`.
 */
export function checkBearer(authorization: string | null, tenant: Tenant): void {
  if (authorization === null) return
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1]
  if (!token || !mayBeGood(token, tenant)) {
    throw new Problem('invalid_token', undefined, {}, { 'www-authenticate': 'Bearer error="invalid_token"' })
  }
}

function mayBeGood(token: string, tenant: Tenant): boolean {
  try {
    decodeProtectedHeader(token)
    const { exp, tid } = decodeJwt<{ tid?: unknown }>(token)
    return typeof exp === 'number' && exp > Date.now() / 1000 && tid === tenant.id
  } catch {
    return false
  }
}
