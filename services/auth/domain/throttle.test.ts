import { expect, test } from 'vitest'
import { type Attempt, loginLimits } from './throttle.ts'

const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  email: 'ann@example.com',
  network: '192.0.2.7',
  isKnownNetwork: false,
  ...more,
})
const keys = (given: Attempt) => loginLimits(given).map((limit) => limit.key)
/** What a guesser at Ann's account counts in, from any of these networks. */
const attackers = ['198.51.100.1', '2001:db8:1:2::/64', undefined].flatMap((network) =>
  keys(attempt({ network }))
)

test('a known device shares no count with anybody, not even on the same network', () => {
  const mine = keys(attempt({ device: 'phone' }))
  expect(mine).toHaveLength(1)
  expect([...attackers, ...keys(attempt()), ...keys(attempt({ device: 'laptop' }))]).not.toContain(mine[0])
})

test('a known network shares no count with guesses from elsewhere', () => {
  const mine = keys(attempt({ isKnownNetwork: true }))
  expect(attackers.filter((key) => mine.includes(key))).toEqual([])
})

test('strangers share one count for an account, and a network one for all accounts', () => {
  const [first, second] = [keys(attempt()), keys(attempt({ network: '198.51.100.1' }))]
  expect(first.filter((key) => second.includes(key))).toHaveLength(1)
  const other = keys(attempt({ email: 'bob@example.com' }))
  expect(first.filter((key) => other.includes(key))).toEqual([first[0]])
})

test('a right password never clears what others count in', () => {
  for (const limit of loginLimits(attempt())) {
    const isShared = [...attackers, ...keys(attempt({ email: 'bob@example.com' }))].includes(limit.key)
    expect(limit.isOwn).toBe(!isShared)
  }
})
