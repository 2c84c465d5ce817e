import type { z } from '@hono/zod-openapi'
import { isUnavailable } from '../db/database.ts'
import { isProblemCode, type ProblemCode, titleOf } from '../errors/codes.ts'
import { Problem } from '../errors/problem.ts'

/** Why an event was not applied, beside the codes of problems: all that is ever told of it outside the log. */
const failures = {
  not_an_event: 'The message is not an event',
  wrong_shop: 'The event names another shop than its subject',
  wrong_type: 'The event is of another type than its subject',
  schema_mismatch: 'The data of the event does not fit its schema',
  newer_version: 'The event is of a version that its consumer did not learn to read',
  handler_failed: 'The consumer failed at every attempt',
  never_ended: 'The consumer never came to an end with it',
} as const

export type FailureCode = keyof typeof failures | ProblemCode

/** Whether it is one of the closed list: a process may not know the codes of services it doesn't host. */
export const isFailureCode = (code: unknown): code is FailureCode =>
  Object.hasOwn(failures, code as string) || isProblemCode(code)

/** What a code means, in our words. */
export const textOf = (code: FailureCode): string =>
  failures[code as keyof typeof failures] ?? (isProblemCode(code) ? titleOf(code) : failures.handler_failed)

/** `pointers` are JSON Pointers into the event's data: what was wrong with it. */
export type Failure = { reason: 'invalid' | 'refused' | 'exhausted'; code: FailureCode; pointers: string[] }

/** A message that will never be applied, however often it is tried. */
export class InvalidMessage extends Error {
  readonly code: keyof typeof failures
  readonly pointers: string[]

  constructor(code: keyof typeof failures, issues: z.ZodError['issues'] = []) {
    super(failures[code])
    this.code = code
    this.pointers = [...new Set(issues.map(({ path }) => pointerOf(path)))].slice(0, MAX_POINTERS)
  }
}

/** An event of a later release: a process of that release takes it, if it is let go. */
export class NewerVersion extends Error {
  constructor(type: string, version: number) {
    super(`${type} of version ${version} is not known here`)
  }
}

/** Its handler was begun as often as may be and was never heard of again. */
export class NeverEnded extends Error {
  constructor() {
    super(failures.never_ended)
  }
}

export const MAX_ATTEMPTS = 8
/** How long an event may wait for a release that can read it. */
export const NEWER_VERSION_WAIT_MS = 3 * 24 * 3600 * 1000
const MAX_POINTERS = 20

/**
 * What follows from an error: a dead letter; `retry`, which counts as an attempt; `newer`, which lets a newer process
 * have it; or `away`: nothing works for this shop now, and nothing is to be learnt from trying.
 */
export function classify(
  error: unknown,
  { attempt, ageMs }: { attempt: number; ageMs: number },
): Failure | 'retry' | 'newer' | 'away' {
  if (error instanceof InvalidMessage) {
    return { reason: 'invalid', code: error.code, pointers: error.pointers }
  }
  if (error instanceof NewerVersion) {
    return ageMs < NEWER_VERSION_WAIT_MS
      ? 'newer'
      : { reason: 'exhausted', code: 'newer_version', pointers: [] }
  }
  if (error instanceof NeverEnded) return { reason: 'exhausted', code: 'never_ended', pointers: [] }
  if (isAway(error)) return 'away'
  if (error instanceof Problem && error.status < 500 && !PASSING.has(error.code)) {
    return { reason: 'refused', code: error.code, pointers: pointersOf(error) }
  }
  if (attempt < MAX_ATTEMPTS) return 'retry'
  const code = error instanceof Problem && error.code !== 'internal_error' ? error.code : 'handler_failed'
  return { reason: 'exhausted', code, pointers: [] }
}

/** Refusals that another try may not meet. */
const PASSING = new Set<ProblemCode>(['too_many_requests', 'request_in_progress', 'precondition_failed'])

/** A database, or another service, that can't be reached now. */
const isAway = (error: unknown) =>
  (error instanceof Error && isUnavailable(error)) ||
  (error instanceof Problem && ['unavailable', 'upstream_timeout'].includes(error.code))

function pointersOf({ extra }: Problem): string[] {
  const errors = Array.isArray(extra.errors) ? extra.errors as { pointer?: unknown }[] : []
  return errors.flatMap(({ pointer }) => typeof pointer === 'string' ? [pointer.slice(0, 200)] : []).slice(
    0,
    MAX_POINTERS,
  )
}

/** RFC 6901. */
const pointerOf = (path: PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('').slice(0, 200)
