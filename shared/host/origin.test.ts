import { expect, test } from 'vitest'
import { DEADLINE_HEADER } from '../service/port.ts'
import { originOf } from './origin.ts'

const leftOf = (given?: string): number => {
  const headers = new Headers(given === undefined ? [] : [[DEADLINE_HEADER, given]])
  return Math.round((originOf(new Request('http://region/', { headers })).deadline! - Date.now()) / 1000)
}

test.each(['', ' ', '0', '-5', '1e3', '0x10', 'soon', '12.5', '9'.repeat(400)])(
  'what says nothing of the time that is left says nothing: %o',
  (given) => expect(leftOf(given)).toBe(leftOf()),
)

test('a caller waits as long as it says, and no longer than the platform lets it', () => {
  expect(leftOf('4000')).toBe(4)
  expect(leftOf('99999999')).toBe(leftOf())
})
