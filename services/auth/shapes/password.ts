import { z } from '@hono/zod-openapi'
import { normal } from '../../../shared/kernel/text.ts'
import {
  PASSWORD_MAX_CHARS,
  PASSWORD_MIN_CHARS,
  shapeFaults,
  STAFF_PASSWORD_MIN_CHARS,
} from '../domain/password-strength.ts'

/** Far above any password: what is longer isn't worth looking at. */
const MAX_LENGTH = 1024

/** The same on every keyboard: accents may come composed or not (RFC 8265). Spaces count, as do all characters. */
const Password = z.string().max(MAX_LENGTH).overwrite((text) => normal(text))

/** A password somebody chooses. Whether it is too easy to guess is asked later, as that depends on whose it is. */
export const NewPassword = Password.superRefine((password, ctx) => {
  for (const fault of shapeFaults(password)) ctx.addIssue(fault)
}).openapi({
  type: 'string',
  format: 'password',
  minLength: PASSWORD_MIN_CHARS,
  maxLength: PASSWORD_MAX_CHARS,
  description:
    'Any characters, spaces too. Refused when it is easy to guess: common passwords, words of the own name, ' +
    `sequences, repetitions. Whoever has permissions in the shop needs ${STAFF_PASSWORD_MIN_CHARS} characters`,
  example: 'tafel vogel ruisseau 7',
})

/** A password somebody claims to know: one that no rule would let them choose is only wrong. */
export const GivenPassword = Password.min(1).openapi({
  type: 'string',
  format: 'password',
  minLength: 1,
  maxLength: MAX_LENGTH,
  example: 'tafel vogel ruisseau 7',
})
