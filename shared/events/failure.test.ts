import { z } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import { Problem } from '../errors/problem.ts'
import {
  classify,
  InvalidMessage,
  MAX_ATTEMPTS,
  NeverEnded,
  NEWER_VERSION_WAIT_MS,
  NewerVersion,
  textOf,
} from './failure.ts'

const first = { attempt: 1, ageMs: 0 }
const last = { attempt: MAX_ATTEMPTS, ageMs: 0 }
const SECRET = 'select * from users where password = 1'

test('what can’t be read is never tried again, and tells where it is wrong', () => {
  const { error } = z.object({ a: z.object({ 'b/c': z.array(z.string()) }) }).safeParse({ a: { 'b/c': [1] } })
  expect(classify(new InvalidMessage('schema_mismatch', error!.issues), first)).toEqual({
    reason: 'invalid',
    code: 'schema_mismatch',
    pointers: ['/a/b~1c/0'],
  })
})

test('a refusal of a rule is never tried again; one that passes with time is', () => {
  const refused = new Problem('conflict', SECRET, { errors: [{ pointer: '/lines/0', message: SECRET }] })
  expect(classify(refused, first)).toEqual({
    reason: 'refused',
    code: 'conflict',
    pointers: ['/lines/0'],
  })
  for (const code of ['too_many_requests', 'request_in_progress', 'precondition_failed'] as const) {
    expect(classify(new Problem(code), first)).toBe('retry')
  }
})

test('a server that is away uses up no attempt', () => {
  const gone = Object.assign(new Error('x'), { code: 'ECONNREFUSED' })
  for (
    const error of [
      gone,
      new Error('x', { cause: gone }),
      new Problem('unavailable'),
      new Problem('upstream_timeout'),
    ]
  ) {
    expect(classify(error, last)).toBe('away')
  }
})

test('any other error is tried again until the last attempt', () => {
  expect(classify(new Error(SECRET), first)).toBe('retry')
  expect(classify(new Error(SECRET), last)).toMatchObject({ reason: 'exhausted', code: 'handler_failed' })
  expect(classify(new NeverEnded(), first)).toMatchObject({ reason: 'exhausted', code: 'never_ended' })
  expect(classify(new z.ZodError([]), first), 'ours, not the sender’s').toBe('retry')
})

test('an event of a newer release waits for days before it is given up', () => {
  const newer = new NewerVersion('a.b.c', 2)
  expect(classify(newer, { attempt: 1, ageMs: NEWER_VERSION_WAIT_MS - 1 })).toBe('newer')
  expect(classify(newer, { attempt: 1, ageMs: NEWER_VERSION_WAIT_MS })).toMatchObject({
    reason: 'exhausted',
    code: 'newer_version',
  })
})

test('nothing of an error’s message is in what is told', () => {
  for (const error of [new Error(SECRET), new Problem('conflict', SECRET), SECRET, null]) {
    const verdict = classify(error, last)
    if (typeof verdict === 'string') continue
    expect(JSON.stringify(verdict) + textOf(verdict.code)).not.toContain('select')
  }
})
