import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { TrieRouter } from 'hono/router/trie-router'
import { Problem } from '../errors/problem.ts'

/**
 * For what no route takes: 405 with the methods of the path where it has others, 404 where it has none, and an answer
 * to OPTIONS. To be made when all routes are registered.
 */
export function unrouted(app: OpenAPIHono): (c: Context) => Response {
  const paths = new TrieRouter<string>()
  for (const { method, path } of app.routes) if (method !== 'ALL') paths.add('GET', path, method)
  return (c) => {
    const methods = new Set(paths.match('GET', c.req.path)[0].map(([method]) => method))
    if (methods.size === 0) throw new Problem('not_found')
    if (methods.has('GET')) methods.add('HEAD')
    const allow = [...methods, 'OPTIONS'].sort().join(', ')
    if (c.req.method === 'OPTIONS') return c.body(null, 204, { allow })
    throw new Problem('method_not_allowed', undefined, {}, { allow })
  }
}
