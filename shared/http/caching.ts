import type { MiddlewareHandler } from 'hono'
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
