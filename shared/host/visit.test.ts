import { expect, test } from 'vitest'
import { type Due, UPKEEP_EVERY_MS } from '../db/due/due-work.ts'
import type { Executor } from '../db/database.ts'
import { backOff, visit, type Work } from './visit.ts'

const NOW = new Date('2026-11-25T12:00:00Z')
const at = (ms: number) => new Date(NOW.getTime() + ms)
const place = (changes: Partial<Due> = {}): Due => ({
  service: 'orders',
  tenant: 'shop',
  upkeepAt: at(1_000_000),
  failures: 0,
  ...changes,
})
const work = (changes: Partial<Work> = {}): Work => ({
  name: 'work',
  pauseMs: 5_000,
  run: () => Promise.resolve(),
  ...changes,
})

/** Visits with a clock that stands still, and tells what failed. */
async function visited(works: Work[], given = place()) {
  const failed: string[] = []
  const looks: number[] = []
  const outcome = await visit(given, works, {
    look: (read) => (looks.push(1), read({} as Executor)),
    now: () => NOW,
    onFailure: ({ name }) => failed.push(name),
  })
  return { ...outcome, failed, looks: looks.length }
}
const refuse = () => Promise.reject(new Error('no'))

test('what is due runs; what is due later says when to come back', async () => {
  let runs = 0
  const due = work({
    next: () => Promise.resolve(runs ? null : at(-1)),
    run: () => Promise.resolve(void runs++),
  })
  const later = work({ next: () => Promise.resolve(at(60_000)), run: refuse })
  const outcome = await visited([due, later])
  expect(runs).toBe(1)
  expect(outcome).toMatchObject({ next: at(60_000), upkeepAt: at(1_000_000), failures: 0, failed: [] })
})

test('a visit that finds nothing looks once', async () => {
  const { looks, next } = await visited([work({ next: () => Promise.resolve(null), run: refuse })])
  expect(looks).toBe(1)
  expect(next.getTime(), 'not before the upkeep').toBeGreaterThan(at(1_000_000).getTime())
})

test('work that stays due after its run comes again after its pause', async () => {
  const { next } = await visited([work({ next: () => Promise.resolve(at(-1)) })])
  expect(next).toEqual(at(5_000))
})

test('work that fails holds up no other, and is tried again later and later', async () => {
  let runs = 0
  const works = [
    work({ name: 'bad', next: () => Promise.resolve(at(-1)), run: refuse }),
    work({ next: () => Promise.resolve(at(-1)), run: () => Promise.resolve(void runs++) }),
  ]
  const outcome = await visited(works, place({ failures: 4 }))
  expect(runs).toBe(1)
  expect(outcome).toMatchObject({ failed: ['bad'], failures: 5, next: at(backOff(5)) })
  expect(backOff(5)).toBeGreaterThan(backOff(4))
  expect(backOff(1_000)).toBe(10 * 60_000)
})

test('upkeep runs once a day, whoever else has work', async () => {
  let runs = 0
  const upkeep = work({ run: () => Promise.resolve((runs++, false)) })
  expect((await visited([upkeep])).upkeepAt).toEqual(at(1_000_000))
  expect(runs).toBe(0)
  expect((await visited([upkeep], place({ upkeepAt: at(0) }))).upkeepAt).toEqual(at(UPKEEP_EVERY_MS))
  expect(runs).toBe(1)
})

test('upkeep that has more to do than one turn goes on when others had theirs', async () => {
  const outcome = await visited([work({ run: () => Promise.resolve(true) })], place({ upkeepAt: at(0) }))
  expect(outcome.upkeepAt).toEqual(at(1_000))
})

test('upkeep that fails is not put off until tomorrow', async () => {
  const outcome = await visited([work({ run: refuse })], place({ upkeepAt: at(0) }))
  expect(outcome).toMatchObject({ upkeepAt: at(backOff(1)), failures: 1 })
})

test('a database that does not answer fails the visit', async () => {
  await expect(visited([work({ next: refuse })])).rejects.toThrow('no')
})
