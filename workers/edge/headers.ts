import { withoutSharing } from './cache.ts'
import { allowOrigin } from './cors.ts'
import type { Visit } from './visit.ts'

const API_POLICY = `default-src 'none'; frame-ancestors 'none'`
const HSTS = 'max-age=31536000'

/** The answer as it leaves: security, CORS, request id, and what was noted on the way. Never a body for HEAD. */
export function finish(response: Response, visit: Visit): Response {
  const headers = new Headers(response.headers)
  headers.set('x-content-type-options', 'nosniff')
  headers.set('x-frame-options', 'DENY')
  headers.set('referrer-policy', 'no-referrer')
  // The region sends its own with the pages it serves.
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', API_POLICY)
  if (visit.url.protocol === 'https:') headers.set('strict-transport-security', HSTS)
  withoutSharing(headers)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  if (!headers.has('x-cache')) headers.set('x-cache', 'bypass')
  headers.set('x-request-id', visit.requestId)
  for (const [name, value] of visit.headers) headers.set(name, value)
  allowOrigin(visit, headers)
  const { status, statusText } = response
  const isBodyless = visit.request.method === 'HEAD' || [101, 204, 205, 304].includes(status)
  return new Response(isBodyless ? null : response.body, { status, statusText, headers })
}
