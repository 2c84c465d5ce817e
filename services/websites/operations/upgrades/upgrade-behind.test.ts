import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Ctx } from '../../needs.ts'

const HALF_A_MINUTE = 30_000
const upgrade = vi.hoisted(() => vi.fn())
vi.mock('./upgrade.ts', () => ({ upgrade }))
const { upgradeBehind } = await import('./upgrade-behind.ts')

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A platform on which these shops lack something. */
function platformWith(ids: string[]): Ctx {
  const query: unknown = new Proxy({}, {
    get: (_, name) =>
      name === 'then' ? (then: (rows: unknown) => void) => then(ids.map((id) => ({ id }))) : () => query,
  })
  return {
    db: { select: () => query },
    shops: { levels: () => Promise.resolve({ orders: '0002' }) },
    log: { info: () => {}, warn: () => {} },
  } as unknown as Ctx
}

test('shops whose tables are locked hold up the platform’s other work for one of them, not for all', async () => {
  upgrade.mockImplementation(() =>
    new Promise((_, reject) => setTimeout(() => reject(new Error('locked')), HALF_A_MINUTE))
  )
  const run = upgradeBehind(platformWith(['a', 'b', 'c']))
  await vi.advanceTimersByTimeAsync(HALF_A_MINUTE)
  await run
  expect(upgrade).toHaveBeenCalledTimes(1)
})

test('one that can’t be brought up keeps back no other', async () => {
  upgrade.mockReset().mockRejectedValueOnce(new Error('broken')).mockResolvedValue([])
  await upgradeBehind(platformWith(['a', 'b']))
  expect(upgrade.mock.calls.map(([, id]) => id)).toEqual(['a', 'b'])
})
