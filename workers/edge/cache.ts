import type { Edge } from './edge.ts'
import type { Lifetime } from './env.ts'
import type { Shared } from './sharing.ts'
import type { Shop } from './shops.ts'
import type { Visit } from './visit.ts'

/** What browsers and proxies are told of a public answer: keep it, but ask each time. */
const FOR_BROWSERS = 'public, max-age=0, must-revalidate'
/** All that is kept with a body. */
const KEPT_HEADERS = ['content-type', 'content-language', 'etag', 'last-modified', 'link']

/**
 * Answers a read of the catalogue from the cache, or with what `ask` brings and then keeps it. Kept is only what
 * the region calls `public` with an `s-maxage`, under a key that holds the shop and the version of its catalogue; what
 * others ask for at the same moment is brought once. `ask` must not send the client's conditions: the whole answer is
 * wanted.
 */
export async function cached(
  visit: Visit,
  edge: Edge,
  shop: Shop,
  lifetime: Lifetime,
  ask: () => Promise<Response>,
): Promise<Response> {
  const key = new Request(cacheKey(edge.settings.platformHost, shop, visit.url))
  let how: 'hit' | 'miss' = 'hit'
  let own: Response | undefined
  const shared = await edge.sharing.share(key.url, lifetime, async () => {
    // A cache that fails costs time, not answers.
    const hit = await edge.cache().match(key).catch(() => undefined)
    if (hit) return await sharedOf(hit)
    how = 'miss'
    const answer = await ask()
    const seconds = sharedSeconds(answer)
    if (seconds === undefined) return void (own = answer)
    const shared = await sharedOf(answer)
    const copy = answerOf(shared)
    copy.headers.set('cache-control', `public, s-maxage=${seconds}`)
    lifetime.waitUntil(edge.cache().put(key, copy).catch(() => {}))
    return shared
  })
  return conditional(visit, shared ? answerOf(shared, how) : own!)
}

/** Whether the cache may be asked at all: what depends on who asks never gets near it. */
export function isCacheable({ request, url }: Visit): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  if (!url.pathname.startsWith('/v1/') || url.pathname.startsWith('/v1/admin/')) return false
  return !['authorization', 'basket-token', 'range'].some((name) => request.headers.has(name))
}

/**
 * The platform's host keeps all keys within the worker's own zone, whatever domain a shop has. Parameters are in the
 * order of their names; those of one name keep theirs, as the first may count.
 */
export function cacheKey(
  platformHost: string,
  { tenant, catalogue_version }: Shop,
  { pathname, search }: URL,
): string {
  const nameOf = (part: string) => part.split('=', 1)[0]!
  const parts = search.slice(1).split('&').filter(Boolean)
    .sort((a, b) => nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0)
  const query = parts.length > 0 ? `?${parts.join('&')}` : ''
  return `https://${platformHost}/_edge/cache/${tenant.id}/${catalogue_version}${pathname}${query}`
}

/** Seconds for which everyone may share this answer; undefined: not at all. */
export function sharedSeconds({ status, headers }: Response): number | undefined {
  const directives = (headers.get('cache-control') ?? '').toLowerCase().split(',').map((each) => each.trim())
  const seconds = Number(
    /^s-maxage=(\d+)$/.exec(directives.find((each) => each.startsWith('s-maxage=')) ?? '')?.[1] ?? 0,
  )
  if (status !== 200 || seconds === 0 || !directives.includes('public')) return undefined
  if (directives.some((each) => /^(private|no-store|no-cache)\b/.test(each))) return undefined
  const varies = (headers.get('vary') ?? '').split(',').map((each) => each.trim().toLowerCase()).filter(
    Boolean,
  )
  if (headers.has('set-cookie') || varies.some((each) => each !== 'accept-encoding')) return undefined
  return seconds
}

/** Takes the share of caches between here and the browser out: they know nothing of catalogue versions. */
export function withoutSharing(headers: Headers): void {
  const control = headers.get('cache-control')
  if (control?.includes('s-maxage')) headers.set('cache-control', FOR_BROWSERS)
}

async function sharedOf(from: Response): Promise<Shared> {
  const headers = new Headers()
  for (const name of KEPT_HEADERS) {
    const value = from.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  headers.set('cache-control', FOR_BROWSERS)
  return { headers, body: await from.arrayBuffer() }
}

function answerOf({ headers, body }: Shared, how?: 'hit' | 'miss'): Response {
  const answer = new Response(body, { status: 200, headers })
  if (how) answer.headers.set('x-cache', how)
  return answer
}

/** 304 to whoever holds this answer already (RFC 9110, 13.1.2: a list of tags or `*`, compared weakly). */
function conditional({ request }: Visit, answer: Response): Response {
  const etag = answer.headers.get('etag')
  const given = request.headers.get('if-none-match')
  if (answer.status !== 200 || etag === null || given === null) return answer
  const opaque = etag.replace(/^W\//, '')
  if (given.trim() !== '*' && !given.match(/"[^"]*"/g)?.includes(opaque)) return answer
  void answer.body?.cancel().catch(() => {})
  const headers = new Headers(answer.headers)
  for (const name of ['content-type', 'content-length']) headers.delete(name)
  return new Response(null, { status: 304, headers })
}
