import { expect, test, vi } from 'vitest'

const work: string[] = []
vi.mock('@node-rs/argon2', () => ({
  hash: (_: string, { memoryCost, timeCost, parallelism }: Record<string, number>) =>
    Promise.resolve(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$salt$right`),
  verify: (stored: string) => {
    work.push(stored.split('$').slice(1, 4).join('$'))
    return Promise.resolve(stored.endsWith('right'))
  },
}))
const { hashPassword, inTurn, verifyInTurn } = await import('./hash.ts')

test('an address that nobody has, and one that was only invited, cost as much as a wrong password', async () => {
  const stored = await hashPassword('shop', 'right')
  const answers = []
  for (const each of [stored, stored.replace('right', 'wrong'), undefined, null]) {
    answers.push(await inTurn('shop', () => verifyInTurn(each, 'password')))
  }
  expect(answers).toEqual([true, false, false, false])
  expect(work).toHaveLength(4)
  expect(new Set(work).size).toBe(1)
})
