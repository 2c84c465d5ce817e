import { NOTICE_PATH } from '../../shared/auth/notice-token.ts'
import { Problem, problemResponse } from '../../shared/errors/problem.ts'
import { cached, isCacheable } from './cache.ts'
import { METHODS, optionsAnswer } from './cors.ts'
import type { Lifetime, Means } from './env.ts'
import { finish } from './headers.ts'
import { logError } from './log.ts'
import { takeNotice } from './notice.ts'
import { forward } from './proxy.ts'
import { isGone, requireOpen } from './status.ts'
import { checkBearer } from './token.ts'
import { type Visit, visitOf } from './visit.ts'

const MAX_BODY_BYTES = 50 * 1024 * 1024
const READ_ONLY = ['GET', 'HEAD', 'OPTIONS']

/** The answer to a request, problems included. */
export async function route(request: Request, means: Means, lifetime: Lifetime): Promise<Response> {
  const visit = visitOf(request)
  const isPlatform = visit.host === means.settings.platformHost
  const answer = visit.url.pathname === NOTICE_PATH
    ? takeNotice(visit, means, isPlatform)
    : isPlatform
    ? platform(visit, means)
    : shop(visit, means, lifetime)
  return finish(await answer.catch((error) => refusal(error, visit)), visit)
}

async function shop(visit: Visit, means: Means, lifetime: Lifetime): Promise<Response> {
  const { request, url: { pathname, search } } = visit
  const methods = methodsOf(pathname, '/v1/')
  const found = await means.shops.find(visit.host, lifetime)
  if (!found || isGone(found)) throw new Problem('unknown_shop')
  if (request.method === 'OPTIONS') return optionsAnswer(methods)
  requireMethod(request.method, methods)
  // Says that edge and region answer for this domain, which is asked before a shop opens too.
  if (pathname !== '/health') requireOpen(found)
  await means.limits.shop(visit, found.tenant)
  const { region } = found.tenant
  if (!pathname.startsWith('/v1/')) {
    return await forward(visit, means, { region, resource: '', path: pathname })
  }
  checkBearer(request.headers.get('authorization'), found.tenant)
  requireSize(request)
  const [first, second] = pathname.slice('/v1/'.length).split('/', 2)
  const to = {
    region,
    resource: (first === 'admin' ? second : first) ?? '',
    path: pathname + search,
    tenant: found.tenant,
  }
  if (!isCacheable(visit)) return await forward(visit, means, to)
  return await cached(visit, means, found, lifetime, () => forward(visit, means, { ...to, whole: true }))
}

/** The platform's own API knows operators and webhooks by secrets, which only its service can check. */
async function platform(visit: Visit, means: Means): Promise<Response> {
  const { request, url: { pathname, search } } = visit
  const methods = methodsOf(pathname, '/platform/v1/')
  if (request.method === 'OPTIONS') return optionsAnswer(methods)
  requireMethod(request.method, methods)
  await means.limits.platform(visit)
  requireSize(request)
  const region = means.settings.platformRegion
  if (pathname === '/openapi.json') {
    return await forward(visit, means, { region, resource: '', path: `${pathname}?document=platform` })
  }
  if (!pathname.startsWith('/platform/')) {
    return await forward(visit, means, { region, resource: '', path: pathname })
  }
  const resource = pathname.slice('/platform/v1/'.length).split('/', 1)[0]!
  return await forward(visit, means, { region, resource, path: pathname + search })
}

/** What may be done at a path. Throws `not_found` for all that isn't for the world, whatever a region has there. */
function methodsOf(pathname: string, api: string): string[] {
  if (pathname.startsWith(api)) return METHODS
  if (/^\/(health|openapi\.json|docs|docs\/[\w.-]+)$/.test(pathname)) return READ_ONLY
  throw new Problem('not_found')
}

function requireMethod(method: string, methods: string[]): void {
  if (!methods.includes(method)) {
    throw new Problem('method_not_allowed', undefined, {}, { allow: methods.join(', ') })
  }
}

/** A body without a length is cut off by the region, which counts. */
function requireSize({ headers }: Request): void {
  if (Number(headers.get('content-length') ?? 0) > MAX_BODY_BYTES) {
    throw new Problem('payload_too_large', `At most ${MAX_BODY_BYTES} bytes`)
  }
}

function refusal(error: unknown, { requestId, host, url }: Visit): Response {
  if (error instanceof Problem) return problemResponse(error, requestId)
  const { message, stack } = error as Error
  logError('request failed', { host, path: url.pathname, request_id: requestId, error: message, stack })
  return problemResponse(new Problem('internal_error'), requestId)
}
