export const PASSWORD_MIN_CHARS = 8
/** More adds nothing to a password but work to whoever hashes it. */
export const PASSWORD_MAX_CHARS = 128

const rules: [RegExp, string][] = [
  [/\p{Lu}/u, 'must have an upper-case letter'],
  [/\p{Ll}/u, 'must have a lower-case letter'],
  [/\d/, 'must have a digit'],
  [/[@$!%*?&]/, 'must have one of @$!%*?&'],
]

/** Everything that is wrong with a new password; empty when it may be used. */
export function passwordFaults(password: string): string[] {
  const chars = [...password].length
  return [
    ...(chars < PASSWORD_MIN_CHARS ? [`must have at least ${PASSWORD_MIN_CHARS} characters`] : []),
    ...(chars > PASSWORD_MAX_CHARS ? [`must have at most ${PASSWORD_MAX_CHARS} characters`] : []),
    ...rules.flatMap(([pattern, fault]) => pattern.test(password) ? [] : [fault]),
  ]
}
