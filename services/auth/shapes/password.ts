import { z } from '@hono/zod-openapi'
import { PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS, passwordFaults } from '../domain/password-rules.ts'

/** A password somebody chooses. */
export const NewPassword = z.string().superRefine((password, ctx) => {
  for (const fault of passwordFaults(password)) ctx.addIssue(fault)
}).openapi({
  type: 'string',
  format: 'password',
  minLength: PASSWORD_MIN_CHARS,
  maxLength: PASSWORD_MAX_CHARS,
  description: 'With an upper-case and a lower-case letter, a digit and one of @$!%*?&',
  example: 'Correct-horse7!',
})

/** A password somebody claims to know: one that no rule would let them choose is only wrong. */
export const GivenPassword = z.string().min(1).max(1024).openapi({
  format: 'password',
  example: 'Correct-horse7!',
})
