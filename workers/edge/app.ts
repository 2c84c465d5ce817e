import { Hono } from 'hono'
import { Problem, problemResponse } from '../../shared/errors/problem.ts'
import { browsers, isQuestion, security } from './browsers.ts'
import { withoutSharing } from './cache.ts'
import type { Edge } from './edge.ts'
import { logError } from './log.ts'
import { route } from './route.ts'
import { type Visit, visitOf } from './visit.ts'

/** What every answer has in common, around `route`. Its `env` is the isolate's `Edge`. */
export const app = new Hono<{ Bindings: Edge; Variables: { visit: Visit } }>()

app.use(async (c, next) => {
  const visit = visitOf(c.req.raw)
  c.set('visit', visit)
  await next()
  const { headers } = c.res
  withoutSharing(headers)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  if (!headers.has('x-cache')) headers.set('x-cache', 'bypass')
  headers.set('x-request-id', visit.requestId)
  for (const [name, value] of visit.headers) headers.set(name, value)
})
app.use(security)
app.use((c, next) => isQuestion(c.req.raw) ? next() : browsers(c, next))
app.all('*', (c) => route(c.var.visit, c.env, c.executionCtx))

app.onError((error, c) => {
  const { requestId, host, url } = c.var.visit
  if (error instanceof Problem) return problemResponse(error, requestId)
  const { message, stack } = error
  logError('request failed', { host, path: url.pathname, request_id: requestId, error: message, stack })
  return problemResponse(new Problem('internal_error'), requestId)
})
