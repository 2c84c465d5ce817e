import { requestIdOf } from '../../shared/host/origin.ts'

/** One request, with what is known of it before it is known whose shop it wants. */
export type Visit = {
  request: Request
  url: URL
  /** Lower-case, without port. */
  host: string
  /** The client's, never one it claims to have. */
  ip: string
  requestId: string
  traceparent: string
  /** The client's own trace goes on, so its vendors' state goes with it. */
  isTraced: boolean
  /** Added to the answer, whatever it is. */
  headers: Headers
}

export function visitOf(request: Request): Visit {
  const url = new URL(request.url)
  const { headers } = request
  const trace = traceOf(headers.get('traceparent'))
  return {
    request,
    url,
    host: url.hostname.replace(/\.$/, ''),
    // Cloudflare sets it and refuses it from clients; only a local worker is without.
    ip: headers.get('cf-connecting-ip') ?? '127.0.0.1',
    requestId: requestIdOf(headers.get('x-request-id')),
    traceparent: `00-${trace?.id ?? randomHex(16)}-${randomHex(8)}-${trace?.flags ?? '01'}`,
    isTraced: trace !== undefined,
    headers: new Headers(),
  }
}

/** W3C Trace Context: what a caller began is continued with a span of our own. */
function traceOf(given: string | null): { id: string; flags: string } | undefined {
  const [, id, parent, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(given ?? '') ?? []
  if (!id || !parent || !flags || /^0+$/.test(id) || /^0+$/.test(parent)) return undefined
  return { id, flags }
}

const randomHex = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
