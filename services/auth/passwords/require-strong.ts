import { Problem } from '../../../shared/errors/problem.ts'
import { PASSWORD_MIN_CHARS, passwordFaults, STAFF_PASSWORD_MIN_CHARS } from '../domain/password-strength.ts'
import type { Ctx } from '../needs.ts'

type Person = { email: string; first_name: string; last_name: string }

/** 49,000 passwords that many people use. Read when the first is chosen, as most processes never need them. */
let list: Promise<ReadonlySet<string>> | undefined
const commonPasswords = () =>
  list ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) =>
    new Set(dictionary['passwords-common'])
  )

/**
 * For a password that is being chosen. Whoever may do something in the shop needs a longer one, as nothing but the
 * password protects it. Throws `validation_failed` at `pointer`.
 */
export async function requireStrong(
  ctx: Ctx,
  password: string,
  person: Person & { isStaff: boolean },
  pointer: string,
): Promise<void> {
  const faults = passwordFaults(password, {
    minChars: person.isStaff ? STAFF_PASSWORD_MIN_CHARS : PASSWORD_MIN_CHARS,
    common: await commonPasswords(),
    ownWords: wordsOf(ctx, person),
  })
  if (faults.length === 0) return
  throw new Problem('validation_failed', undefined, {
    errors: faults.map((message) => ({ pointer, message })),
  })
}

function wordsOf({ tenant }: Ctx, { email, first_name, last_name }: Person): string[] {
  const names = `${first_name} ${last_name}`
  const whole = [email, email.split('@')[0]!, tenant.domain, names, names.replaceAll(' ', '')]
  return [...whole, ...whole.flatMap((each) => each.split(/[^\p{L}\p{N}\p{M}]+/u))]
}
