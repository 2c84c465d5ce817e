import { verifyNotice } from '../../shared/auth/notice-token.ts'
import { Problem } from '../../shared/errors/problem.ts'
import type { Edge } from './edge.ts'
import type { Lifetime } from './env.ts'
import type { Visit } from './visit.ts'

/**
 * The region tells that a shop has changed: what is known of its domain is forgotten. The signature is the proof,
 * so any host will do (a region knows the edge by an address); without it there is nothing at this path, but on the
 * platform's host.
 */
export async function takeNotice(
  { request }: Visit,
  edge: Edge,
  isPlatform: boolean,
  lifetime: Lifetime,
): Promise<Response> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const domain = token && await verifyNotice(edge.settings.edgeSecret, token)
  if (!domain && !isPlatform) throw new Problem('not_found')
  if (request.method !== 'POST') throw new Problem('method_not_allowed', undefined, {}, { allow: 'POST' })
  if (!domain) throw new Problem('invalid_token')
  await edge.shops.forget(domain, lifetime)
  return new Response(null, { status: 204 })
}
