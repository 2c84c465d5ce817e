import { expect, test } from 'vitest'
import { passwordFaults } from './password-rules.ts'

test('a password with everything is taken, whatever else is in it', () => {
  expect(passwordFaults('Secret1!')).toEqual([])
  expect(passwordFaults('Ünïcode et espaces 9 ?')).toEqual([])
  expect(passwordFaults('aA1!'.repeat(32))).toEqual([])
})

test.each([
  ['Short1!', 'must have at least 8 characters'],
  ['aA1!'.repeat(32) + 'a', 'must have at most 128 characters'],
  ['secret1!', 'must have an upper-case letter'],
  ['SECRET1!', 'must have a lower-case letter'],
  ['Secrets!', 'must have a digit'],
  ['Secret12', 'must have one of @$!%*?&'],
  ['Secret1#', 'must have one of @$!%*?&'],
])('%s is refused for one reason', (password, fault) => {
  expect(passwordFaults(password)).toEqual([fault])
})

test('all that is missing is told at once', () => {
  expect(passwordFaults('')).toHaveLength(5)
})

test('a character outside the basic plane counts as one', () => {
  expect(passwordFaults('aA1!😀😀')).toEqual(['must have at least 8 characters'])
})
