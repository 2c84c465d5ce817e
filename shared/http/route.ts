import { createRoute, type RouteConfig, z } from '@hono/zod-openapi'
import { type ProblemCode, problems, statusOf } from '../errors/codes.ts'
import { type Access, guard } from './access.ts'
import { idempotent } from './idempotency.ts'

export const ProblemSchema = z.object({
  type: z.string().openapi({ example: 'urn:collect-verything:problem:not_found' }),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
  detail: z.string().optional(),
  request_id: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
}).loose().openapi('Problem')

type Extras = {
  /** Who may: `public`, `customer` (any signed-in user), a permission such as `products.create`, … */
  access: Access
  /** What it may refuse beyond what its access, its input and every route can. */
  problems?: ProblemCode[]
  /** Accepts `Idempotency-Key`. */
  idempotent?: boolean
}

type Given = Omit<RouteConfig, 'security' | 'middleware'> & {
  operationId: string
  summary: string
  tags: string[]
} & Extras

/**
 * A contract: zod-openapi's own `createRoute`, with the guard, the security scheme, the idempotency and their
 * problem responses added from one declaration, so that contract and behaviour can't drift.
 */
export function route<const R extends Given>(given: R) {
  const { access, problems: codes = [], idempotent: isIdempotent = false, ...config } = given
  const refusals = [...accessProblems(access), ...inputProblems(config), ...codes]
  if (isIdempotent) refusals.push('idempotency_key_invalid', 'request_in_progress', 'idempotency_key_reused')
  const request = isIdempotent ? withIdempotencyHeader(config.request) : config.request
  const made = createRoute({
    ...config,
    ...(request && { request }),
    middleware: [guard(access), ...(isIdempotent ? [idempotent(given.operationId)] : [])],
    ...(securityOf(access) && { security: securityOf(access) }),
    responses: {
      ...config.responses,
      ...problemResponses([...refusals, 'too_many_requests', 'internal_error', 'unavailable']),
    },
  } as RouteConfig)
  return made as unknown as ReturnType<typeof createRoute<R['path'], Omit<R, keyof Extras>>>
}

const securityOf = (access: Access) =>
  access === 'public' || access === 'internal'
    ? undefined
    : [{ [access === 'operator' ? 'operatorToken' : access === 'webhook' ? 'webhookSecret' : 'bearer']: [] }]

function accessProblems(access: Access): ProblemCode[] {
  if (access === 'public') return ['invalid_token']
  if (access === 'internal') return []
  if (['customer', 'operator', 'webhook'].includes(access)) return ['unauthenticated', 'invalid_token']
  return ['unauthenticated', 'invalid_token', 'forbidden']
}

function inputProblems(config: Pick<RouteConfig, 'request'>): ProblemCode[] {
  const { body, params, query, headers } = config.request ?? {}
  if (body) return ['invalid_json', 'payload_too_large', 'unsupported_media_type', 'validation_failed']
  return params || query || headers ? ['validation_failed'] : []
}

function withIdempotencyHeader(request: RouteConfig['request']): RouteConfig['request'] {
  const own = request?.headers instanceof z.ZodObject ? request.headers.shape : {}
  const headers = z.object({
    ...own,
    'idempotency-key': z.string().min(1).max(255).optional().openapi({
      description: 'Makes a repeated request return the first answer (IETF draft idempotency-key-header)',
    }),
  })
  return { ...request, headers }
}

/** One response a status, naming the codes it may carry. */
function problemResponses(codes: ProblemCode[]): RouteConfig['responses'] {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of new Set(codes)) {
    byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, each]) => [status, {
      description: each.map((code) => `\`${code}\`: ${problems[code][1]}`).join('. '),
      content: { 'application/problem+json': { schema: ProblemSchema } },
    }]),
  )
}

/** A JSON body or answer. */
export const json = <T extends z.ZodType>(schema: T, description = 'The body') => ({
  description,
  required: true as const,
  content: { 'application/json': { schema } },
})
export const ok = <T extends z.ZodType>(schema: T, description = 'Done') => ({
  description,
  content: { 'application/json': { schema } },
})
export const noContent = { description: 'Done' }
