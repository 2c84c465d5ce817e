import type { Context, MiddlewareHandler, TypedResponse } from 'hono'
import { etag } from 'hono/etag'
import { createMiddleware } from 'hono/factory'

/**
 * A public answer: the edge may keep it for `seconds`, browsers ask again each time. Weak ETag over the text; 304 to
 * whoever holds it already.
 */
export const cachedFor = (seconds: number): MiddlewareHandler[] => [
  etag({ weak: true }),
  createMiddleware(async (c, next) => {
    await next()
    if (c.res.status !== 200) return
    c.res.headers.set('cache-control', `public, max-age=0, s-maxage=${seconds}, must-revalidate`)
  }),
]

/**
 * A public answer: the edge may keep it for `seconds`, browsers ask again each time. Weak ETag over the text;
 * 304 to whoever holds it already.
 */
export function publicJson<T>(c: Context, data: T, seconds = 60): Response & TypedResponse<T, 200, 'json'> {
  const text = JSON.stringify(data)
  const etag = `W/"${fingerprint(text)}"`
  const headers = { etag, 'cache-control': `public, max-age=0, s-maxage=${seconds}, must-revalidate` }
  const isKnown = matches(c.req.header('if-none-match'), etag)
  const response = isKnown
    ? new Response(null, { status: 304, headers })
    : new Response(text, { status: 200, headers: { ...headers, 'content-type': 'application/json' } })
  return response as Response & TypedResponse<T, 200, 'json'>
}

const matches = (header: string | undefined, etag: string) =>
  header !== undefined && (header === '*' || header.split(',').some((each) => each.trim() === etag))

/** FNV-1a over both halves of a 64-bit state: for telling texts apart, not for security. */
function fingerprint(text: string): string {
  let a = 0x811c9dc5
  let b = 0x01000193
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x85ebca6b) ^ (b >>> 13)
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36) + text.length.toString(36)
}
