import { OpenAPIHono, type z } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import { bodyLimit } from 'hono/body-limit'
import { isUnavailable } from '../db/database.ts'
import { type FieldError, Problem, problemResponse } from '../errors/problem.ts'
import { portPath } from '../service/port.ts'
import type { RequestContext } from '../service/request-context.ts'
import type { AppEnv, Service } from '../service/service.ts'
import { json, ok, route } from './route.ts'

/** Where a service's routes hang: shops' and the platform's own. */
export const basePath = (service: Service): string => service.scope === 'platform' ? '/platform/v1' : '/v1'

const MAX_BODY_BYTES = 1024 * 1024
/** Imports send whole files. */
const MAX_IMPORT_BYTES = 50 * 1024 * 1024

/**
 * The Hono application of a service. It expects a `RequestContext` as `env.ctx`: the host has already proved
 * whose shop and which actor it is.
 */
export function createApp(service: Service): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid })
  app.use(async (c, next) => {
    c.set('ctx', (c.env as unknown as { ctx: RequestContext }).ctx)
    await next()
  })
  app.use('*', limitBody)
  app.onError((error, c) => {
    // Cursors are opaque, not signed: one made up by hand may hold no id and no time where one is needed.
    const isBadCursor = error instanceof RangeError && c.req.query('cursor') !== undefined
    const problem = isBadCursor ? new Problem('invalid_cursor') : asProblem(error)
    if (problem.status >= 500) {
      c.var.ctx.log.error('request failed', { method: c.req.method, path: c.req.path, error })
    }
    return problemResponse(problem, c.var.ctx.origin.id)
  })
  app.notFound((c) => problemResponse(new Problem('not_found'), c.var.ctx.origin.id))
  const routes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid })
  for (const register of service.endpoints) register(routes)
  app.route(basePath(service), routes) // after the registrations: a route added to a mounted app is a 404
  providePorts(app, service)
  return app
}

function providePorts(app: OpenAPIHono<AppEnv>, service: Service): void {
  for (const { port, operations } of service.provides) {
    for (const [method, { input, output }] of Object.entries(port.methods)) {
      const contract = route({
        operationId: `${port.name}_${method}`,
        method: 'post',
        path: portPath(port, method),
        summary: `${port.name}.${method}, for other services`,
        tags: ['internal'],
        access: 'internal',
        hide: true,
        request: { body: json(input) },
        responses: { 200: ok(output) },
      })
      app.openapi(contract, async (c) => {
        const answer = await operations[method]!(c.var.ctx, c.req.valid('json') as never)
        return c.json(answer as never, 200)
      })
    }
  }
}

const importLimit = bodyLimit({ maxSize: MAX_IMPORT_BYTES, onError: () => tooLarge(MAX_IMPORT_BYTES) })
const defaultLimit = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: () => tooLarge(MAX_BODY_BYTES) })
const limitBody: typeof defaultLimit = (c, next) =>
  (c.req.path.endsWith('imports') ? importLimit : defaultLimit)(c, next)

function tooLarge(limit: number): never {
  throw new Problem('payload_too_large', `At most ${limit} bytes`)
}

type Validated = { success: true } | { success: false; error: z.ZodError; target: string }

function refuseInvalid(result: Validated | { success: boolean }): void {
  if (result.success) return
  const { error, target } = result as { error: z.ZodError; target: string }
  throw new Problem('validation_failed', undefined, {
    errors: error.issues.flatMap((issue) => fieldErrors(issue, target)),
  })
}

function fieldErrors(issue: z.core.$ZodIssue, target: string): FieldError[] {
  const root = target === 'json' ? '' : `${target === 'param' ? 'path' : target}`
  const at = (path: PropertyKey[]) =>
    `${root}/${path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: at([...issue.path, key]), message: 'is not a known field' }))
  }
  return [{ pointer: at(issue.path), message: issue.message }]
}

/** No message of an exception reaches a caller: only what was thrown to be read. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof HTTPException) {
    if (error.status === 400) return new Problem('invalid_json')
    if (error.status === 415) return new Problem('unsupported_media_type')
    if (error.status === 413) return new Problem('payload_too_large')
  }
  if (isUnavailable(error)) return new Problem('unavailable', undefined, {}, { 'retry-after': '2' })
  return new Problem('internal_error')
}
