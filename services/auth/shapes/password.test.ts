import { expect, test } from 'vitest'
import { GivenPassword, NewPassword } from './password.ts'

test('a password is the same however its accents were typed', () => {
  expect(NewPassword.parse('cre\u0300me bru\u0302le\u0301e 7')).toBe('crème brûlée 7')
})

test('what is far too long for a password is refused as quickly as a short one', () => {
  const marks = `a${'\u0301\u0327'.repeat(50_000)}`
  expect(GivenPassword.safeParse(marks).success).toBe(false)
  expect(NewPassword.safeParse(marks).success).toBe(false)
})
