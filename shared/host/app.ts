import { OpenAPIHono, type z } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import { isContended, isUnavailable, isUnstorable } from '../db/database.ts'
import { AlreadyDone } from '../db/idempotency.ts'
import { type FieldError, Problem, problemResponse } from '../errors/problem.ts'
import { portPath } from '../service/port.ts'
import type { RequestContext } from './request-context.ts'
import type { AppEnv, Service } from '../service/service.ts'
import { replay } from '../http/idempotency.ts'
import { unrouted } from '../http/methods.ts'
import { json, ok, ProblemSchema, route } from '../http/route.ts'

/** Where a service's routes hang: shops' and the platform's own. */
export const basePath = (service: Service): string => service.scope === 'platform' ? '/platform/v1' : '/v1'

/** What another service may ask for at once. */
const PORT_LIMITS = { bytes: 1024 * 1024, values: 50_000 }

/** A refusal stays small, whatever was wrong. */
const MAX_ERRORS = 20
const MAX_POINTER = 200

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
  app.onError((error, c) => {
    if (error instanceof AlreadyDone) return replay(error.outcome)
    const problem = asProblem(error)
    if (problem.status >= 500 || isUnstorable(error)) {
      c.var.ctx.log.error('request failed', { method: c.req.method, path: c.req.path, error })
    }
    return problemResponse(problem, c.var.ctx.origin.id)
  })
  const routes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid })
  routes.openAPIRegistry.register('Problem', ProblemSchema)
  for (const register of service.endpoints) register(routes)
  app.route(basePath(service), routes) // after the registrations: a route added to a mounted app is a 404
  providePorts(app, service)
  app.notFound(unrouted(app as unknown as OpenAPIHono))
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
        limits: PORT_LIMITS,
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

type Validated = { success: true } | { success: false; error: z.ZodError; target: string }

function refuseInvalid(result: Validated | { success: boolean }): void {
  if (result.success) return
  const { error, target } = result as { error: z.ZodError; target: string }
  throw new Problem('validation_failed', undefined, {
    errors: error.issues.slice(0, MAX_ERRORS).flatMap((issue) => fieldErrors(issue, target)).slice(
      0,
      MAX_ERRORS,
    ),
  })
}

function fieldErrors(issue: z.core.$ZodIssue, target: string): FieldError[] {
  const root = target === 'json' ? '' : `${target === 'param' ? 'path' : target}`
  const at = (path: PropertyKey[]) =>
    `${root}/${path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`
      .slice(0, MAX_POINTER).toWellFormed()
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MAX_ERRORS).map((key) => ({
      pointer: at([...issue.path, key]),
      message: 'is not a known field',
    }))
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
  // Every value has its bounds in a schema before it meets the database; this is for the one that was forgotten.
  if (isUnstorable(error)) {
    return new Problem('validation_failed', 'A value is too large, too long or no text')
  }
  if (isUnavailable(error) || isContended(error)) {
    return new Problem('unavailable', undefined, {}, { 'retry-after': '2' })
  }
  return new Problem('internal_error')
}
