import { TENANT_TOKEN_HEADER } from '../../shared/auth/tenant-token.ts'
import { Problem } from '../../shared/errors/problem.ts'
import type { Tenant } from '../../shared/kernel/tenant.ts'
import type { Edge } from './edge.ts'
import { forClient, forRegion } from './fields.ts'
import { logError } from './log.ts'
import { regionUrl } from './settings.ts'
import type { Visit } from './visit.ts'

/** The slowest upload that is waited for. */
const MIN_BYTES_PER_S = 64 * 1024

export type Destination = {
  region: string
  /** First path segment of the resource, which decides the service. */
  resource: string
  path: string
  /** Signed and sent along; without it the request belongs to no shop. */
  tenant?: Tenant
  /** The whole answer is wanted, whatever the client holds or how little it wants. */
  whole?: boolean
  /** Only what is allowed here is asked for. */
  asks?: boolean
}

/** Sends a request on. Throws `unavailable`, `upstream_failed`, `upstream_timeout`. */
export async function forward(visit: Visit, edge: Edge, to: Destination): Promise<Response> {
  const base = regionUrl(edge.settings, to.region, to.resource)
  if (!base) {
    logError('no such region', { region: to.region, host: visit.host })
    throw unavailable()
  }
  const method = to.asks ? 'OPTIONS' : to.whole ? 'GET' : visit.request.method
  const { body } = visit.request
  const hasBody = !['GET', 'HEAD', 'OPTIONS'].includes(method) && body !== null
  const init = {
    method,
    headers: await sendable(visit, edge, to),
    redirect: 'manual',
    ...(hasBody && { body, duplex: 'half' }),
  } as RequestInit
  const response = await inTime(
    edge.settings.timeLimitMs + uploadMs(visit.request),
    visit,
    (signal) => edge.fetch(base + to.path, { ...init, signal }),
  )
  // A load balancer's or Cloudflare's page, not an answer of ours; nor is a switch of protocols, which was not asked for.
  if (response.status < 200 || (response.status >= 500 && !isJson(response))) {
    void response.body?.cancel().catch(() => {})
    throw response.status === 503 ? unavailable() : new Problem('upstream_failed')
  }
  // What the region's server can't read never reaches the region, which refuses in JSON alone.
  if ([400, 414, 431].includes(response.status) && !isJson(response)) throw new Problem('bad_request')
  const { status, statusText } = response
  return new Response([204, 205, 304].includes(status) ? null : response.body, {
    status,
    statusText,
    headers: forClient(response.headers),
  })
}

/** The time limit ends when the answer begins: a long download may take as long as it does. */
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

async function sendable(visit: Visit, edge: Edge, { tenant, whole }: Destination): Promise<Headers> {
  const headers = forRegion(visit.request.headers)
  if (whole) { for (const condition of ['if-none-match', 'if-modified-since']) headers.delete(condition) }
  if (!visit.isTraced) headers.delete('tracestate')
  // The region would spend its time on compressing, and weaken its ETags by it; Cloudflare compresses for clients.
  headers.set('accept-encoding', 'identity')
  headers.set('traceparent', visit.traceparent)
  headers.set('x-request-id', visit.requestId)
  headers.set('x-client-ip', visit.ip)
  if (tenant) headers.set(TENANT_TOKEN_HEADER, await edge.assertion(tenant))
  return headers
}

/** How long a body may take to arrive, beside the time for an answer. One of unknown length gets no more. */
const uploadMs = ({ headers }: Request): number =>
  Number(headers.get('content-length') ?? 0) / MIN_BYTES_PER_S * 1000

const isJson = ({ headers }: Response) => headers.get('content-type')?.includes('json') ?? false
const unavailable = () => new Problem('unavailable', undefined, {}, { 'retry-after': '2' })
