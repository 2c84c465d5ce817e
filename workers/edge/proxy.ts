import { TENANT_TOKEN_HEADER } from '../../shared/auth/tenant-token.ts'
import { Problem } from '../../shared/errors/problem.ts'
import type { Tenant } from '../../shared/service/tenant.ts'
import type { Means } from './env.ts'
import { logError } from './log.ts'
import { regionUrl } from './settings.ts'
import type { Visit } from './visit.ts'

/** RFC 9110, 7.6.1. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
/** Only the edge may say these; `accept-encoding` is agreed on each hop anew. */
const NOT_FROM_CLIENTS =
  /^(x-tenant-.*|x-client-.*|x-internal.*|x-forwarded-.*|x-real-ip|forwarded|cf-.*|accept-encoding|host|traceparent|x-request-id)$/
const CONDITIONS = ['if-none-match', 'if-modified-since']

export type Destination = {
  region: string
  /** First path segment of the resource, which decides the service. */
  resource: string
  path: string
  /** Signed and sent along; without it the request belongs to no shop. */
  tenant?: Tenant
  /** The whole answer is wanted, whatever the client holds or how little it wants. */
  whole?: boolean
}

/** Sends a request on. Throws `unavailable`, `upstream_failed`, `upstream_timeout`. */
export async function forward(visit: Visit, means: Means, to: Destination): Promise<Response> {
  const base = regionUrl(means.settings, to.region, to.resource)
  if (!base) {
    logError('no such region', { region: to.region, host: visit.host })
    throw unavailable()
  }
  const { method, body } = visit.request
  const hasBody = method !== 'GET' && method !== 'HEAD' && body !== null
  const init = {
    method: to.whole ? 'GET' : method,
    headers: await sendable(visit, means, to),
    redirect: 'manual',
    ...(hasBody && { body, duplex: 'half' }),
  } as RequestInit
  const response = await inTime(
    means.settings.timeLimitMs,
    visit,
    (signal) => means.fetch(base + to.path, { ...init, signal }),
  )
  // A load balancer's or Cloudflare's page, not an answer of ours.
  if (response.status >= 500 && !response.headers.get('content-type')?.includes('json')) {
    void response.body?.cancel().catch(() => {})
    throw response.status === 503 ? unavailable() : new Problem('upstream_failed')
  }
  return received(response)
}

/** Until the answer begins: a long download may take as long as it does. */
async function inTime(
  ms: number,
  visit: Visit,
  ask: (signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), ms)
  try {
    return await ask(abort.signal)
  } catch (error) {
    if (abort.signal.aborted) throw new Problem('upstream_timeout')
    logError('region unreachable', { host: visit.host, request_id: visit.requestId, error: String(error) })
    throw unavailable()
  } finally {
    clearTimeout(timer)
  }
}

async function sendable(visit: Visit, means: Means, { tenant, whole }: Destination): Promise<Headers> {
  const headers = new Headers()
  const given = visit.request.headers
  const dropped = new Set([...HOP_BY_HOP, ...namesIn(given.get('connection')), ...(whole ? CONDITIONS : [])])
  for (const [name, value] of given) {
    if (!dropped.has(name) && !NOT_FROM_CLIENTS.test(name)) headers.append(name, value)
  }
  if (!visit.isTraced) headers.delete('tracestate')
  headers.set('traceparent', visit.traceparent)
  headers.set('x-request-id', visit.requestId)
  headers.set('x-client-ip', visit.ip)
  if (tenant) headers.set(TENANT_TOKEN_HEADER, await means.assertion(tenant))
  return headers
}

function received(response: Response): Response {
  const headers = new Headers(response.headers)
  for (const name of [...HOP_BY_HOP, ...namesIn(headers.get('connection'))]) headers.delete(name)
  const { status, statusText } = response
  return new Response([204, 205, 304].includes(status) ? null : response.body, {
    status,
    statusText,
    headers,
  })
}

const namesIn = (list: string | null): string[] =>
  (list ?? '').split(',').map((name) => name.trim().toLowerCase()).filter((name) => /^[\w-]+$/.test(name))

const unavailable = () => new Problem('unavailable', undefined, {}, { 'retry-after': '2' })
