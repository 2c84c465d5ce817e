import { expect, test } from 'vitest'
import { AccountChanges } from './account.ts'

test('the language of an account is a tag of BCP 47, as that of a shop is', () => {
  expect(AccountChanges.parse({ locale: 'FR-fr' })).toEqual({ locale: 'fr-FR' })
  expect(AccountChanges.parse({ locale: 'en-u-ca-gregory' })).toEqual({ locale: 'en-u-ca-gregory' })
  expect(AccountChanges.safeParse({ locale: 'abc-12' }).success).toBe(false)
})
