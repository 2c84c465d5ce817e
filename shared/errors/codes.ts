/** Code → HTTP status and title. */
export type ProblemTable = Readonly<Record<string, readonly [status: number, title: string]>>

/** Every problem that the platform itself can answer with. What services add stands in their own `problems.ts`. */
const kernelProblems = {
  bad_request: [400, 'The address or the header fields of the request are too many or too long'],
  invalid_json: [400, 'The body is not valid JSON'],
  invalid_cursor: [400, 'The cursor was not issued for this list'],
  idempotency_key_invalid: [400, 'The Idempotency-Key is not usable'],
  unauthenticated: [401, 'Authentication is required'],
  invalid_token: [401, 'The token is not valid'],
  shop_unpaid: [402, 'The shop is suspended until its subscription is settled'],
  forbidden: [403, 'This needs a permission you do not have'],
  shop_suspended: [403, 'The shop is suspended'],
  plan_limit: [403, 'The plan of this shop does not allow more'],
  not_found: [404, 'Nothing is here'],
  unknown_shop: [404, 'No shop answers at this domain'],
  method_not_allowed: [405, 'The method is not supported here'],
  request_timeout: [408, 'The request came too slowly'],
  conflict: [409, 'The request conflicts with the present state'],
  already_exists: [409, 'This exists already'],
  in_use: [409, 'This is still in use'],
  request_in_progress: [409, 'A request with this Idempotency-Key is still running'],
  precondition_failed: [412, 'The resource has changed since you read it'],
  payload_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The content type is not supported'],
  validation_failed: [422, 'The request is not valid'],
  idempotency_key_reused: [422, 'This Idempotency-Key was used with another request'],
  illegal_transition: [422, 'This change of state is not allowed'],
  precondition_required: [428, 'Send If-Match with the ETag you last read'],
  too_many_requests: [429, 'Too many requests'],
  internal_error: [500, 'Something went wrong on our side'],
  upstream_failed: [502, 'A part of the platform failed to answer'],
  unavailable: [503, 'A part of the platform is not available'],
  maintenance: [503, 'The shop is in maintenance'],
  upstream_timeout: [504, 'A part of the platform took too long to answer'],
} as const satisfies ProblemTable

/** Filled by services, so that a code that nobody declared doesn't compile: see `defineProblems`. */
// deno-lint-ignore no-empty-interface
export interface ServiceProblems {}

export type ProblemCode = keyof typeof kernelProblems | ServiceProblems[keyof ServiceProblems]

const known = new Map<string, readonly [number, string]>(Object.entries(kernelProblems))

/**
 * A service's own codes. Its `problems.ts` makes them known to the compiler as well:
 *
 *     export const problems = defineProblems({ out_of_stock: [409, 'Not enough stock is left'] })
 *     declare module '../../shared/errors/codes.ts' {
 *       interface ServiceProblems { products: keyof typeof problems }
 *     }
 *
 * Throws when another service has one of the codes already.
 */
export function defineProblems<const T extends ProblemTable>(table: T): T {
  for (const [code, problem] of Object.entries(table)) {
    if (known.has(code)) throw new Error(`the problem code ${code} is taken`)
    known.set(code, problem)
  }
  return table
}

export const isProblemCode = (code: unknown): code is ProblemCode => known.has(code as string)
/** A service's codes are known once its `problems.ts` is loaded, which its `service.ts` does. */
export const statusOf = (code: ProblemCode): number => known.get(code)?.[0] ?? 500
export const titleOf = (code: ProblemCode): string => known.get(code)?.[1] ?? code

/** Every code that has been declared, for what is generated. */
export const allProblems = (): ProblemTable => Object.fromEntries(known)
