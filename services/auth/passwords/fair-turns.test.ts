import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FairTurns } from './fair-turns.ts'

const HASH_MS = 40
const WAIT_MS = 2_000
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

let turns: FairTurns
let running: number
let mostRunning: number
beforeEach(() => {
  turns = new FairTurns({ width: 2, laneWidth: 2, waitMs: WAIT_MS })
  running = mostRunning = 0
})

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
async function hash(): Promise<void> {
  mostRunning = Math.max(mostRunning, ++running)
  await sleep(HASH_MS)
  running--
}
type Outcome = { lane: string; after: number; refused?: string; retryAfter?: string }
const asked: Promise<Outcome>[] = []
beforeEach(() => void asked.splice(0))

/** One request of a lane: a database before the hash, which is quick unless told otherwise. */
function ask(lane: string, databaseMs = 0): void {
  const started = Date.now()
  asked.push(
    turns.enter(lane, async () => {
      if (databaseMs > 0) await sleep(databaseMs)
      await turns.take(hash)
    }).then(
      () => ({ lane, after: Date.now() - started }),
      (error) => ({
        lane,
        after: Date.now() - started,
        refused: error.code,
        retryAfter: error.headers['retry-after'],
      }),
    ),
  )
}
async function outcomes(): Promise<Outcome[]> {
  await vi.advanceTimersByTimeAsync(60_000)
  return await Promise.all(asked)
}

test('one shop’s flood holds up another by no more than its width', async () => {
  for (let i = 0; i < 90; i++) ask('flooded')
  ask('quiet')
  const all = await outcomes()
  const quiet = all.find((each) => each.lane === 'quiet')!
  expect(quiet.refused).toBeUndefined()
  expect(quiet.after).toBeLessThanOrEqual(3 * HASH_MS)
  expect(mostRunning).toBe(2)
})

test('nobody waits longer than the limit: the rest are refused at once, with a time', async () => {
  for (let i = 0; i < 10_000; i++) ask('flooded')
  const all = await outcomes()
  const refused = all.filter((each) => each.refused)
  expect(all.length - refused.length).toBeLessThanOrEqual(2 + 2 * WAIT_MS / HASH_MS)
  expect(all.length - refused.length).toBeGreaterThan(50)
  expect(new Set(refused.map((each) => each.refused))).toEqual(new Set(['unavailable']))
  expect(refused.filter((each) => each.after > 0).length).toBeLessThanOrEqual(2) // at the very end of the limit
  expect(Math.max(...all.map((each) => each.after))).toBeLessThanOrEqual(WAIT_MS + HASH_MS)
  expect(refused.every((each) => Number(each.retryAfter) >= 1)).toBe(true)
})

test('many shops at once are bounded all together', async () => {
  for (let i = 0; i < 3_000; i++) ask(`shop-${i}`)
  const all = await outcomes()
  expect(all.filter((each) => !each.refused).length).toBeLessThanOrEqual(2 + 2 * WAIT_MS / HASH_MS)
  expect(Math.max(...all.map((each) => each.after))).toBeLessThanOrEqual(WAIT_MS + HASH_MS)
})

test('a shop whose database hangs takes no place from the others', async () => {
  for (let i = 0; i < 20; i++) ask('hanging', 30_000)
  for (let i = 0; i < 20; i++) ask('healthy')
  const healthy = (await outcomes()).filter((each) => each.lane === 'healthy')
  expect(healthy.filter((each) => each.refused)).toEqual([])
  expect(Math.max(...healthy.map((each) => each.after))).toBeLessThanOrEqual(20 * HASH_MS)
})

test('a place is free again after a failure and after somebody gave up', async () => {
  for (let i = 0; i < 4; i++) {
    turns.enter('failing', () => turns.take(() => Promise.reject(new Error('away')))).catch(() => {})
  }
  for (let i = 0; i < 4; i++) ask('hanging', 3_000)
  ask('next')
  await outcomes()
  const before = asked.length
  for (let i = 0; i < 4; i++) ask('hanging')
  expect((await outcomes()).slice(before).map((each) => each.refused)).toEqual(Array(4).fill(undefined))
})
