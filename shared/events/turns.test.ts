import { expect, test, vi } from 'vitest'
import { Turns, type Work } from './turns.ts'

type Task = Work & { name: string; end: (outcome?: 'away') => void }
type Options = { batch?: number }

/** Work that runs until the test ends it, each time it is begun. */
const task = (shop: string, name: string, lane = name): Task => ({ shop, lane, name, end: () => {} })

/** `begun` has the names of a batch, joined. */
function turns({ batch }: Options = {}) {
  const begun: string[] = []
  const refused: { name: string; afterMs: number }[] = []
  const made = new Turns<Task>({
    async run(works) {
      begun.push(works.map(({ name }) => name).join(' '))
      const ends = works.map((work) => new Promise<'away' | void>((resolve) => work.end = resolve))
      const outcomes = await Promise.all(ends)
      return works.filter((_, i) => outcomes[i] === 'away')
    },
    ...(batch && { batch: () => batch }),
    refuse: ({ name }, afterMs) => void refused.push({ name, afterMs }),
  })
  return { made, begun, refused }
}

const many = (shop: string, count: number) =>
  Array.from({ length: count }, (_, i) => task(shop, `${shop}${i}`))
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a shop with a thousand slow events delays none of another', () => {
  const { made, begun } = turns()
  for (const each of many('slow', 1_000)) made.offer(each)
  made.offer(task('other', 'mine'))
  expect(begun.filter((name) => name.startsWith('slow'))).toHaveLength(2)
  expect(begun).toContain('mine')
})

test('however many shops are slow, one that has nothing running begins at once', () => {
  const { made, begun } = turns()
  for (let shop = 0; shop < 20; shop++) for (const each of many(`slow${shop}-`, 10)) made.offer(each)
  made.offer(task('other', 'mine'))
  expect(begun).toContain('mine')
})

test('what a shop may not have waiting is refused for a while, not lost', () => {
  const { made, begun, refused } = turns()
  for (const each of many('busy', 600)) made.offer(each)
  expect(begun).toHaveLength(2)
  expect(made.waiting).toBe(512)
  expect(refused).toHaveLength(600 - 2 - 512)
  expect(refused.every(({ afterMs }) => Number.isInteger(afterMs) && afterMs >= 1_000)).toBe(true)
})

test('one lane is worked through in its order, others go on beside it', async () => {
  const { made, begun } = turns()
  const [first, second, third] = [task('a', '1', 'x'), task('a', '2', 'x'), task('a', '3', 'y')]
  for (const each of [first, second, third]) made.offer(each)
  expect(begun).toEqual(['1', '3'])
  first.end()
  await settled()
  expect(begun).toEqual(['1', '3', '2'])
})

test('the same lane of two shops is two lanes', () => {
  const { made, begun } = turns()
  made.offer(task('a', 'a', 'x'))
  made.offer(task('b', 'b', 'x'))
  expect(begun).toEqual(['a', 'b'])
})

test('a shop whose database is away keeps little, tries one at a time, and goes on when it is back', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { made, begun, refused } = turns()
    const all = many('a', 30)
    const late = task('a', 'late')
    const names = () => begun.splice(0)
    for (const each of all) made.offer(each)
    expect(names()).toHaveLength(2)
    for (const each of all.slice(0, 2)) each.end('away')
    await settled()
    expect(made.waiting, 'the rest comes again later').toBe(8)
    expect(refused).toHaveLength(22)
    made.offer(late)
    expect(refused.at(-1)!.name).toBe('late')
    made.offer(task('b', 'b'))
    expect(names(), 'others are not held up').toEqual(['b'])
    vi.advanceTimersByTime(1_000)
    const [probe, ...more] = names()
    expect(more, 'one tries').toEqual([])
    all.find(({ name }) => name === probe)!.end()
    await settled()
    expect(names().length, 'all go on').toBeGreaterThan(1)
  } finally {
    vi.useRealTimers()
  }
})

test('there is room again when something was taken up', async () => {
  const { made } = turns()
  const all = Array.from({ length: 10 }, (_, shop) => many(`s${shop}-`, 300)).flat()
  for (const each of all) made.offer(each)
  expect(made.waiting).toBeGreaterThanOrEqual(2_048)
  let hasRoom = false
  const room = made.room().then(() => hasRoom = true)
  await settled()
  expect(hasRoom).toBe(false)
  while (!hasRoom) {
    for (const each of all) each.end()
    await settled()
  }
  await room
  expect(made.waiting).toBeLessThan(2_048)
})

test('stop gives back what waits and lets what runs come to its end', async () => {
  const { made, refused } = turns()
  const [running, waiting] = [task('a', '1', 'x'), task('a', '2', 'x')]
  made.offer(running)
  made.offer(waiting)
  let isStopped = false
  const stop = made.stop().then(() => isStopped = true)
  await settled()
  expect(refused).toEqual([{ name: '2', afterMs: 0 }])
  expect(isStopped).toBe(false)
  running.end()
  await stop
  made.offer(task('a', '3'))
  expect(refused.at(-1)).toEqual({ name: '3', afterMs: 0 })
})

test('what comes in while a shop is at work is handled together, in its order', async () => {
  const { made, begun } = turns({ batch: 4 })
  const all = many('a', 8)
  for (const each of all) made.offer(each)
  expect(begun).toEqual(['a0', 'a1'])
  all[0]!.end()
  await settled()
  expect(begun.at(-1)).toBe('a2 a3 a4 a5')
  made.offer(task('b', 'b0'))
  all[1]!.end()
  await settled()
  expect(begun.slice(3), 'never with another shop’s').toEqual(['b0', 'a6 a7'])
})

test('messages of one lane go in one batch, none passes another', async () => {
  const { made, begun } = turns({ batch: 3 })
  const [first, second] = [task('a', 'first', 'x'), task('a', 'second', 'y')]
  const waiting = [task('a', 'x1', 'x'), task('a', 'y1', 'y'), task('a', 'y2', 'y'), task('a', 'x2', 'x')]
  for (const each of [first, second, ...waiting]) made.offer(each)
  first.end()
  await settled()
  expect(begun.at(-1), 'the lane y is at work').toBe('x1 x2')
  second.end()
  await settled()
  expect(begun.at(-1)).toBe('y1 y2')
})

test('what is to be alone is alone, and what follows it in its lane waits for it', async () => {
  const { made, begun } = turns({ batch: 8 })
  const running = many('a', 2)
  const works = [
    task('a', '1'),
    { ...task('a', 'again', 'x'), isAlone: true },
    task('a', 'next', 'x'),
    task('a', '2'),
  ]
  for (const each of [...running, ...works]) made.offer(each)
  running[0]!.end()
  await settled()
  expect(begun.at(-1)).toBe('1 2')
  running[1]!.end()
  await settled()
  expect(begun.at(-1)).toBe('again')
  works[0]!.end()
  works[3]!.end()
  await settled()
  expect(begun.at(-1), 'its lane is at work').toBe('again')
  works[1]!.end()
  await settled()
  expect(begun.at(-1)).toBe('next')
})

test('a batch whose shop is away keeps its order, and is tried by its first alone', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { made, begun } = turns({ batch: 8 })
    const [one, two, ...rest] = many('a', 6)
    for (const each of [one!, two!, ...rest]) made.offer(each)
    one!.end()
    await settled()
    expect(begun.splice(0).at(-1)).toBe('a2 a3 a4 a5')
    rest.forEach((each) => each.end('away'))
    two!.end('away')
    await settled()
    vi.advanceTimersByTime(1_000)
    await settled()
    expect(begun.splice(0)).toEqual(['a1'])
    two!.end()
    await settled()
    expect(begun.join(' '), 'the rest in its order').toBe('a2 a3 a4 a5')
  } finally {
    vi.useRealTimers()
  }
})
