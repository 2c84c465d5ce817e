import { NOTICE_PATH } from '../../shared/auth/notice-token.ts'
import { Problem } from '../../shared/errors/problem.ts'
import { cached, isCacheable } from './cache.ts'
import type { Edge } from './edge.ts'
import type { Lifetime } from './env.ts'
import { takeNotice } from './notice.ts'
import { type Destination, forward } from './proxy.ts'
import { isGone, requireOpen } from './status.ts'
import { checkBearer } from './token.ts'
import type { Visit } from './visit.ts'

const MAX_BODY_BYTES = 50 * 1024 * 1024
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
/** What the edge itself offers beside the two APIs. */
const PAGES = /^\/(health|openapi\.json|docs|docs\/[\w.-]+)$/
const READ_ONLY = ['GET', 'HEAD', 'OPTIONS']

/** The answer to a request. Throws a Problem for whatever the edge refuses by itself. */
export function route(visit: Visit, edge: Edge, lifetime: Lifetime): Promise<Response> {
  const isPlatform = visit.host === edge.settings.platformHost
  if (visit.url.pathname === NOTICE_PATH) return takeNotice(visit, edge, isPlatform, lifetime)
  return isPlatform ? platform(visit, edge) : shop(visit, edge, lifetime)
}

async function shop(visit: Visit, edge: Edge, lifetime: Lifetime): Promise<Response> {
  const { request, url: { pathname, search } } = visit
  requirePublic(pathname, '/v1/')
  const found = await edge.shops.find(visit.host, lifetime, () => edge.limits.lookUp(visit))
  if (!found || isGone(found)) {
    await edge.limits.stranger(visit)
    throw new Problem('unknown_shop')
  }
  // Says that edge and region answer for this domain, which is asked before a shop opens too.
  if (pathname !== '/health') requireOpen(found)
  const { tenant } = found
  const send = async (to: Omit<Destination, 'region'>) => {
    await edge.limits.shop(visit, tenant)
    return await forward(visit, edge, { region: tenant.region, ...to })
  }
  if (PAGES.test(pathname)) return await page(visit, () => send({ resource: '', path: pathname }))
  checkBearer(request.headers.get('authorization'), tenant)
  requireSize(request)
  const [first, second] = pathname.slice('/v1/'.length).split('/', 2)
  const to = { resource: (first === 'admin' ? second : first) ?? '', path: pathname + search, tenant }
  if (isCacheable(visit)) {
    return await cached(visit, edge, found, lifetime, () => send({ ...to, whole: true }))
  }
  return await withMethods(request, () => send(to), () => send({ ...to, asks: true }))
}

/** The platform's own API knows operators and webhooks by secrets, which only its service can check. */
async function platform(visit: Visit, edge: Edge): Promise<Response> {
  const { request, url: { pathname, search } } = visit
  requirePublic(pathname, '/platform/v1/')
  const send = async (to: Omit<Destination, 'region'>) => {
    await edge.limits.platform(visit)
    return await forward(visit, edge, { region: edge.settings.platformRegion, ...to })
  }
  if (PAGES.test(pathname)) {
    const document = pathname === '/openapi.json' ? '?document=platform' : ''
    return await page(visit, () => send({ resource: '', path: pathname + document }))
  }
  requireSize(request)
  const to = { resource: pathname.slice('/platform/v1/'.length).split('/', 1)[0]!, path: pathname + search }
  return await withMethods(request, () => send(to), () => send({ ...to, asks: true }))
}

/** Throws `not_found` for all that isn't for the world, whatever a region has there. */
function requirePublic(pathname: string, api: string): void {
  if (!pathname.startsWith(api) && !PAGES.test(pathname)) throw new Problem('not_found')
}

/** One of the pages, which can only be read. */
async function page({ request: { method } }: Visit, read: () => Promise<Response>): Promise<Response> {
  if (method === 'OPTIONS') return allowed(READ_ONLY.join(', '))
  if (!READ_ONLY.includes(method)) throw notAllowed(READ_ONLY.join(', '))
  return await read()
}

/** Which methods a resource has is known to its service alone: `ask` brings its Allow. */
async function withMethods(
  { method }: Request,
  send: () => Promise<Response>,
  ask: () => Promise<Response>,
): Promise<Response> {
  if (METHODS.includes(method)) return await send()
  const answer = await ask()
  const allow = answer.headers.get('allow')
  if (allow === null) return answer
  void answer.body?.cancel().catch(() => {})
  if (method === 'OPTIONS') return allowed(allow)
  throw notAllowed(allow)
}

const allowed = (allow: string) => new Response(null, { status: 204, headers: { allow } })
const notAllowed = (allow: string) => new Problem('method_not_allowed', undefined, {}, { allow })

/** A body without a length is cut off by the region, which counts. */
function requireSize({ headers }: Request): void {
  if (Number(headers.get('content-length') ?? 0) > MAX_BODY_BYTES) {
    throw new Problem('payload_too_large', `At most ${MAX_BODY_BYTES} bytes`)
  }
}
