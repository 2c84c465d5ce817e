import type { Visit } from './visit.ts'

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'basket-token',
  'x-request-id',
]
const EXPOSED_HEADERS = [
  'basket-token',
  'etag',
  'idempotency-replayed',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'x-cache',
  'x-request-id',
]
const MAX_AGE_S = '3600'

/** The answer to OPTIONS: a browser's preflight, or anyone's question. No region is asked. */
export const optionsAnswer = (methods: string[]): Response =>
  new Response(null, { status: 204, headers: { allow: methods.join(', ') } })

/** Only pages of the shop's own domain may read its answers. */
export function allowOrigin(visit: Visit, headers: Headers): void {
  headers.append('vary', 'Origin')
  const { origin, isAllowed } = originOf(visit)
  if (!isAllowed) return
  headers.set('access-control-allow-origin', origin)
  headers.set('access-control-allow-credentials', 'true')
  if (visit.request.method === 'OPTIONS') {
    headers.set('access-control-allow-methods', METHODS.join(', '))
    headers.set('access-control-allow-headers', ALLOWED_HEADERS.join(', '))
    headers.set('access-control-max-age', MAX_AGE_S)
  } else {
    headers.set('access-control-expose-headers', EXPOSED_HEADERS.join(', '))
  }
}

function originOf({ request, host }: Visit): { origin: string; isAllowed: boolean } {
  const origin = request.headers.get('origin') ?? ''
  // A developer's page runs on another port than the edge.
  const [, originHost, port] = /^https?:\/\/([a-z0-9.-]+)(:\d{1,5})?$/.exec(origin) ?? []
  return { origin, isAllowed: originHost === host && (!port || host.endsWith('.localhost')) }
}
