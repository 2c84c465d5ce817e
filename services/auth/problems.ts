import { defineProblems } from '../../shared/errors/codes.ts'

export const problems = defineProblems({
  invalid_credentials: [401, 'The e-mail address or the password is wrong'],
  invitation_invalid: [422, 'The invitation is not good, or no longer'],
  protected_role: [403, 'This role is protected'],
})

declare module '../../shared/errors/codes.ts' {
  interface ServiceProblems {
    auth: keyof typeof problems
  }
}
