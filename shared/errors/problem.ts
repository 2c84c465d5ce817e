import { type ProblemCode, statusOf, titleOf } from './codes.ts'

/** One thing wrong with one field: `pointer` is a JSON Pointer into the body, or `query/…`, `header/…`. */
export type FieldError = { pointer: string; message: string }

export type ProblemDetails = {
  type: string
  title: string
  status: number
  code: ProblemCode
  detail?: string
  request_id?: string
  errors?: FieldError[]
  [member: string]: unknown
}

/** What an operation throws when it refuses: shaped as RFC 9457 in one place, `onError`. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly extra: Record<string, unknown>
  readonly headers: Record<string, string>

  /** `detail` is shown to the caller; `extra` members are added to the body, `headers` to the response. */
  constructor(
    code: ProblemCode,
    detail?: string,
    extra: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(detail ?? titleOf(code))
    this.code = code
    this.extra = detail === undefined ? extra : { detail, ...extra }
    this.headers = headers
  }

  get status(): number {
    return statusOf(this.code)
  }

  toJSON(requestId?: string): ProblemDetails {
    return {
      type: `urn:collect-verything:problem:${this.code}`,
      ...this.extra,
      title: titleOf(this.code),
      status: this.status,
      code: this.code,
      ...(requestId && { request_id: requestId }),
    }
  }
}

export function problemResponse(problem: Problem, requestId?: string): Response {
  return new Response(JSON.stringify(problem.toJSON(requestId)), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...problem.headers,
      ...(requestId && { 'x-request-id': requestId }),
    },
  })
}
