import { createRoute, type RouteConfig, z } from '@hono/zod-openapi'
import { type ProblemCode, statusOf, titleOf } from '../errors/codes.ts'
import { type Access, accessProblems, guard, securityOf } from './access.ts'
import { type BodyLimits, limitBody, limitsText } from './body.ts'
import { cachedFor } from './caching.ts'
import { idempotent, type VisitorOf } from './idempotency.ts'
import { inTurn } from './turns.ts'

/** RFC 9457. Which `code` an answer may carry its response says. */
export const ProblemSchema = z.object({
  type: z.string().openapi({ example: 'urn:collect-verything:problem:not_found' }),
  title: z.string(),
  status: z.int(),
  code: z.string().openapi({ example: 'not_found' }),
  detail: z.string().optional(),
  request_id: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
}).loose().openapi('Problem')

type Extras = {
  /** Who may: `public`, `customer` (any signed-in user), a permission such as `products.create`, … */
  access: Access
  /** What it may refuse beyond what its access, its input and every route can. */
  problems?: ProblemCode[]
  /**
   * Accepts `Idempotency-Key`. `by`: what tells visitors apart, who else have no key of their own. `secret`: the header
   * that hands it out; an answer with it is not kept.
   */
  idempotent?: true | { by: VisitorOf; secret?: string }
  /** A public read that the edge may keep for so many seconds. */
  cached?: number
  /** What it takes of a body, where that is more than usual; `streamed`: the operation reads and limits it itself. */
  limits?: BodyLimits | 'streamed'
}

type Given = Omit<RouteConfig, 'security' | 'middleware'> & {
  operationId: string
  summary: string
  tags: string[]
} & Extras

/**
 * A contract: zod-openapi's own `createRoute`, with the guard, the limits, the caching, the idempotency and their
 * responses added from one declaration, so that contract and behaviour can't drift.
 */
export function route<const R extends Given>(given: R) {
  const { access, problems = [], idempotent: key, cached, limits, ...config } = given
  const hasBody = config.request?.body !== undefined
  const made = createRoute({
    ...config,
    ...securityOf(access),
    ...((config.request || key) && { request: requestOf(given) }),
    middleware: [
      guard(access),
      ...(hasBody && limits !== 'streamed' ? [limitBody(limits)] : []),
      ...(access === 'internal' || limits === 'streamed' ? [] : [inTurn]),
      ...(key
        ? [
          idempotent(given.operationId, {
            ...(key !== true && key),
            streamed: limits === 'streamed',
          }),
        ]
        : []),
      ...(cached === undefined ? [] : cachedFor(cached)),
    ],
  } as RouteConfig)
  // Looked up when the route is registered: by then every service has declared its codes.
  const responses = () => ({
    ...config.responses,
    ...(cached !== undefined && { 304: { description: 'You have it already (`If-None-Match`)' } }),
    ...problemResponses([
      ...accessProblems(access),
      ...inputProblems(config),
      ...problems,
      ...(key ? IDEMPOTENCY_PROBLEMS : []),
      ...EVERYWHERE,
    ]),
  })
  Object.defineProperty(made, 'responses', { enumerable: true, get: responses })
  return made as unknown as ReturnType<typeof createRoute<R['path'], Omit<R, keyof Extras>>>
}

const IDEMPOTENCY_PROBLEMS: ProblemCode[] = [
  'idempotency_key_invalid',
  'request_in_progress',
  'idempotency_key_reused',
]
const EVERYWHERE: ProblemCode[] = [
  'too_many_requests',
  'internal_error',
  'upstream_failed',
  'unavailable',
  'upstream_timeout',
]

function inputProblems({ request }: Pick<RouteConfig, 'request'>): ProblemCode[] {
  const { body, params, query, headers } = request ?? {}
  if (body) return ['invalid_json', 'payload_too_large', 'unsupported_media_type', 'validation_failed']
  return params || query || headers ? ['validation_failed'] : []
}

/** As given, with what the declaration adds: the key's header, and the limits in words. */
function requestOf({ request, limits, idempotent: key }: Given): RouteConfig['request'] {
  const body = request?.body
  const isJson = body?.content['application/json'] !== undefined && limits !== 'streamed'
  const limited = isJson
    ? {
      ...request,
      body: { ...body, description: `${body.description}. ${limitsText(limits as BodyLimits)}` },
    }
    : request
  return key ? withIdempotencyKey(limited) : limited
}

function withIdempotencyKey(request: RouteConfig['request']): RouteConfig['request'] {
  const own = request?.headers instanceof z.ZodObject ? request.headers.shape : {}
  const headers = z.object({
    ...own,
    'idempotency-key': z.string().min(1).max(255).optional().openapi({
      description:
        'Makes a repeated request return the first answer (IETF draft idempotency-key-header). Yours alone: a visitor needs a token of the shop for it',
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
  return Object.fromEntries([...byStatus].map(([status, each]) => [status, {
    description: each.map((code) => `\`${code}\`: ${titleOf(code)}`).join('. '),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { type: 'object', properties: { code: { type: 'string', enum: each } } },
          ],
        },
      },
    },
  }])) as unknown as RouteConfig['responses']
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
