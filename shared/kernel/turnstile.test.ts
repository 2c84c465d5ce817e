import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Aside, Turnstile } from './turnstile.ts'

const HASH_MS = 40
const WAIT_MS = 2_000
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

let entrance: Turnstile<string>
let places: Turnstile<string>
let running: number
let mostRunning: number
beforeEach(() => {
  const busy = (ms: number) => Object.assign(new Error('busy'), { ms })
  entrance = new Turnstile({ each: 2, waitMs: WAIT_MS, busy })
  places = new Turnstile({ width: 2, waitMs: WAIT_MS, busy })
  running = mostRunning = 0
})

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
async function hash(): Promise<void> {
  mostRunning = Math.max(mostRunning, ++running)
  await sleep(HASH_MS)
  running--
}
type Outcome = { lane: string; after: number; refusedFor?: number }
const asked: Promise<Outcome>[] = []
beforeEach(() => void asked.splice(0))

/** One sign-in of a lane: a database before the hash, which is quick unless told otherwise. */
function ask(lane: string, databaseMs = 0): void {
  const started = Date.now()
  asked.push(
    entrance.pass(lane, async () => {
      if (databaseMs > 0) await sleep(databaseMs)
      await places.pass('all', hash)
    }).then(
      () => ({ lane, after: Date.now() - started }),
      (error) => ({ lane, after: Date.now() - started, refusedFor: error.ms }),
    ),
  )
}
async function outcomes(): Promise<Outcome[]> {
  await vi.advanceTimersByTimeAsync(60_000)
  return await Promise.all(asked)
}

describe('sign-ins: an entrance for each lane, few places for all', () => {
  test('one shop’s flood holds up another by no more than its width', async () => {
    for (let i = 0; i < 90; i++) ask('flooded')
    ask('quiet')
    const all = await outcomes()
    const quiet = all.find((each) => each.lane === 'quiet')!
    expect(quiet.refusedFor).toBeUndefined()
    expect(quiet.after).toBeLessThanOrEqual(3 * HASH_MS)
    expect(mostRunning).toBe(2)
  })

  test('nobody waits longer than the limit: the rest are refused at once, with a time', async () => {
    for (let i = 0; i < 10_000; i++) ask('flooded')
    const all = await outcomes()
    const refused = all.filter((each) => each.refusedFor)
    expect(all.length - refused.length).toBeLessThanOrEqual(2 + 2 * WAIT_MS / HASH_MS)
    expect(all.length - refused.length).toBeGreaterThan(50)
    expect(refused.filter((each) => each.after > 0).length).toBeLessThanOrEqual(2) // at the very end of the limit
    expect(Math.max(...all.map((each) => each.after))).toBeLessThanOrEqual(WAIT_MS + HASH_MS)
    expect(refused.every((each) => each.refusedFor! >= WAIT_MS)).toBe(true)
  })

  test('many shops at once are bounded all together', async () => {
    for (let i = 0; i < 3_000; i++) ask(`shop-${i}`)
    const all = await outcomes()
    expect(all.filter((each) => !each.refusedFor).length).toBeLessThanOrEqual(2 + 2 * WAIT_MS / HASH_MS)
    expect(Math.max(...all.map((each) => each.after))).toBeLessThanOrEqual(WAIT_MS + HASH_MS)
  })

  test('a shop whose database hangs takes no place from the others', async () => {
    for (let i = 0; i < 20; i++) ask('hanging', 30_000)
    for (let i = 0; i < 20; i++) ask('healthy')
    const healthy = (await outcomes()).filter((each) => each.lane === 'healthy')
    expect(healthy.filter((each) => each.refusedFor)).toEqual([])
    expect(Math.max(...healthy.map((each) => each.after))).toBeLessThanOrEqual(20 * HASH_MS)
  })

  test('a place is free again after a failure and after somebody gave up', async () => {
    for (let i = 0; i < 4; i++) {
      const fail = () => Promise.reject(new Error('away'))
      entrance.pass('failing', () => places.pass('all', fail)).catch(() => {})
    }
    for (let i = 0; i < 4; i++) ask('hanging', 3_000)
    ask('next')
    await outcomes()
    const before = asked.length
    for (let i = 0; i < 4; i++) ask('hanging')
    expect((await outcomes()).slice(before).map((each) => each.refusedFor)).toEqual(Array(4).fill(undefined))
  })
})

/** Pieces of work that say when they run, and end when they are told. */
function stage(turnstile: Turnstile<string>) {
  const ran: string[] = []
  const ends = new Map<string, () => void>()
  const settle = () => vi.advanceTimersByTimeAsync(0)
  const add = (name: string, during?: (aside: Aside) => Promise<void>) =>
    void turnstile.pass(name[0]!, async (aside) => {
      ran.push(name)
      await during?.(aside)
      await new Promise<void>((resolve) => ends.set(name, resolve))
    })
  const end = async (name: string) => {
    await settle()
    ends.get(name)!()
    await settle()
  }
  return { ran, add, end, settle }
}

test('one turn a key, whatever the others have waiting', async () => {
  const { ran, add, end } = stage(new Turnstile({ width: 1 }))
  for (const name of ['a1', 'a2', 'a3', 'b1']) add(name)
  for (const name of ['a1', 'b1', 'a2', 'a3']) await end(name)
  expect(ran).toEqual(['a1', 'b1', 'a2', 'a3'])
})

test('so many at a time, and never two of one key', async () => {
  const { ran, add, end, settle } = stage(new Turnstile({ width: 2, each: 1 }))
  for (const key of ['a', 'b', 'c']) for (const n of [1, 2]) add(`${key}${n}`)
  await settle()
  expect(ran).toEqual(['a1', 'b1'])
  await end('a1')
  expect(ran).toEqual(['a1', 'b1', 'c1'])
  await end('c1')
  expect(ran).toEqual(['a1', 'b1', 'c1', 'a2'])
})

test('a key has more places while nobody else asks, and takes no more of them when somebody does', async () => {
  const { ran, add, end, settle } = stage(new Turnstile({ width: 8, each: 2, alone: 4 }))
  for (const n of [1, 2, 3, 4, 5, 6]) add(`a${n}`)
  await settle()
  expect(ran).toEqual(['a1', 'a2', 'a3', 'a4'])
  add('b1')
  await settle()
  expect(ran).toContain('b1')
  for (const name of ['a1', 'a2']) await end(name)
  expect(ran).not.toContain('a5')
  await end('a3')
  expect(ran).toContain('a5')
  await vi.advanceTimersByTimeAsync(2_000)
  await end('b1')
  expect(ran).toContain('a6')
})

test('whoever steps aside lets the next pass, and takes a turn again', async () => {
  const { ran, add, end, settle } = stage(new Turnstile({ width: 1 }))
  let comeBack = () => {}
  add('a1', async (aside) => {
    await aside(() => new Promise<void>((resolve) => (comeBack = resolve)))
    ran.push('a1 again')
  })
  add('b1')
  await settle()
  expect(ran).toEqual(['a1', 'b1'])
  comeBack()
  await settle()
  expect(ran).toEqual(['a1', 'b1'])
  await end('b1')
  expect(ran).toEqual(['a1', 'b1', 'a1 again'])
  add('c1')
  await settle()
  expect(ran).not.toContain('c1')
  await end('a1')
  expect(ran).toContain('c1')
})

test('whoever is gone before stepping back in holds no place', async () => {
  const turnstile = new Turnstile<string>({ width: 1 })
  let comeBack = () => {}
  await turnstile.pass('a', (aside) => {
    void aside(() => new Promise<void>((resolve) => (comeBack = resolve)))
    return Promise.resolve()
  })
  comeBack()
  await vi.advanceTimersByTimeAsync(0)
  expect(await turnstile.pass('b', () => Promise.resolve('passed'))).toBe('passed')
})

test('what hangs gives its place back when its time is over, inside or aside', async () => {
  const turnstile = new Turnstile<string>({ width: 2 })
  const never = new Promise<void>(() => {})
  let comeBack = () => {}
  const until = Date.now() + 5_000
  void turnstile.pass('a', () => never, until)
  void turnstile.pass('a', async (aside) => {
    await aside(() => new Promise<void>((resolve) => (comeBack = resolve)))
    await never
  }, until)
  const passed: string[] = []
  for (const key of ['b', 'c', 'd']) {
    void turnstile.pass(key, () => (passed.push(key), never))
  }
  await vi.advanceTimersByTimeAsync(4_000)
  expect(passed).toEqual(['b'])
  await vi.advanceTimersByTimeAsync(2_000)
  comeBack()
  await vi.advanceTimersByTimeAsync(0)
  expect(passed).toEqual(['b', 'c'])
})
