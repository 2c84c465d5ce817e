import { Problem } from '../errors/problem.ts'
import { newId } from '../kernel/id.ts'
import { DEADLINE_HEADER } from '../service/port.ts'
import type { Origin } from '../service/context.ts'

const REQUEST_ID = /^[\w-]{8,64}$/
const MILLISECONDS = /^[1-9]\d{0,8}$/
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The caller's id for this request if it is well-formed, else a new one. */
export const requestIdOf = (given: string | null): string =>
  given !== null && REQUEST_ID.test(given) ? given : newId('req')

/** The longest that anyone outside is made to wait. */
const REQUEST_LIMIT_MS = 30_000

/** Where a request comes from, as the edge tells it. */
export function originOf({ headers }: Request): Origin {
  const id = requestIdOf(headers.get('x-request-id'))
  const trace = headers.get('traceparent') ?? ''
  return {
    id,
    correlationId: id,
    ...(TRACEPARENT.test(trace) && { traceparent: trace }),
    ip: headers.get('x-client-ip') ?? undefined,
    deadline: Date.now() + deadlineOf(headers),
    userAgent: headers.get('user-agent')?.slice(0, 500) ?? undefined,
  }
}

/** What whoever asks has left, milliseconds. */
function deadlineOf(headers: Headers): number {
  const given = headers.get(DEADLINE_HEADER) ?? ''
  return MILLISECONDS.test(given) ? Math.min(Number(given), REQUEST_LIMIT_MS) : REQUEST_LIMIT_MS
}

/** The bearer token of a request; undefined without an Authorization header. Throws `invalid_token` for another kind. */
export function bearerOf({ headers }: Request): string | undefined {
  const header = headers.get('authorization')
  if (header === null) return undefined
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(header)?.[1]
  if (!token) throw new Problem('invalid_token')
  return token
}
