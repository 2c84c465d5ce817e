import { afterEach, expect, test, vi } from 'vitest'
import { silent } from '../testing/fake-jetstream.ts'
import type { OutboxRow, RefillPosition, RefillSpan } from './outbox.ts'
import { type Place, Refill } from './refill.ts'

type Row = OutboxRow & { published_in: number; isClaimed?: boolean }

vi.mock('./outbox.ts', () => ({
  // The statement is proved against a database; here an outbox is a list.
  claimLost: (rows: Row[], { generation }: RefillSpan, at: RefillPosition) => {
    const found = rows
      .filter((row) => row.published_in !== generation)
      .filter((row) => !at || (at.isNext ? row.id >= at.id : row.id > at.id)).slice(0, 2)
    return Promise.resolve({
      rows: found.filter((row) => !row.isClaimed),
      last: found.at(-1)?.id,
      unsettled: found.find((row) => row.isClaimed)?.id,
    })
  },
}))

const running: Refill[] = []
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(running.splice(0).map((each) => each.stop()))
})

const rowsOf = (name: string, count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `evt_${name}${String(i).padStart(3, '0')}` as const,
    subject: `events.s0.${name}.a.b.c`,
    envelope: '{}',
    published_in: 1,
  }))

/** A stream of generation 2, and outboxes whose events are in the one before. */
function platform(outboxes: Record<string, Row[]>, notes = new Map<string, number>()) {
  const streams = {
    shards: ['s0'],
    current: 2,
    generation: () => streams.current,
    onReady: (now: () => void) => now(),
  }
  const sent: string[] = []
  const state = { limit: Infinity }
  const start = () => {
    const refill = new Refill({
      streams,
      notes: {
        read: (name) => Promise.resolve(notes.get(name)),
        write: (name, value) => Promise.resolve(void notes.set(name, value)),
      },
      relay: {
        send: (_, rows) => {
          if (sent.length + rows.length > state.limit) return Promise.resolve(false)
          for (const row of rows as Row[]) {
            row.published_in = streams.current
            sent.push(row.id)
          }
          return Promise.resolve(true)
        },
      },
      log: silent,
      services: ['auth'],
      places: () =>
        Promise.resolve(
          Object.entries(outboxes).map(([name, rows]) => ({
            service: 'auth',
            name,
            database: { transaction: (work: (rows: Row[]) => Promise<unknown>) => work(rows) },
          } as unknown as Place)),
        ),
      settleMs: 0,
    })
    running.push(refill)
    refill.start()
    return refill
  }
  return { start, sent, notes, streams, state }
}

const done = (notes: Map<string, number>) =>
  vi.waitFor(() => expect(notes.get('refilled.s0.auth')).toBe(2), 8_000)

test('every outbox is published to its end, once, and that is noted for the others', async () => {
  const { start, sent, notes } = platform({ a: rowsOf('a', 25), b: rowsOf('b', 3) })
  start()
  await done(notes)
  expect(sent).toHaveLength(28)
  expect(new Set(sent).size).toBe(28)
})

test('what is noted as done is not read again', async () => {
  const { start, sent } = platform({ a: rowsOf('a', 3) }, new Map([['refilled.s0.auth', 2]]))
  await start().stop()
  expect(sent).toEqual([])
})

test('a process that stops in the middle notes nothing; the next sends what is left', async () => {
  const { start, sent, notes, state } = platform({ a: rowsOf('a', 30) })
  state.limit = 10
  const first = start()
  await vi.waitFor(() => expect(sent).toHaveLength(10))
  await first.stop()
  expect(notes.size).toBe(0)
  state.limit = Infinity
  start()
  await done(notes)
  expect(new Set(sent).size).toBe(30)
  expect(sent).toHaveLength(30)
})

test('an event that another process has a claim to is waited for before anything is noted', async () => {
  const rows = rowsOf('a', 5)
  rows[1]!.isClaimed = true
  const { start, sent, notes } = platform({ a: rows })
  start()
  await vi.waitFor(() => expect(sent).toHaveLength(4), 3_000)
  expect(notes.size).toBe(0)
  // It was sent to the stream that is lost.
  rows[1]!.isClaimed = false
  await done(notes)
  expect(sent).toHaveLength(5)
})

test('an outbox that can’t be read holds up no other', async () => {
  const broken = rowsOf('broken', 1)
  broken.filter = () => {
    throw new Error('the database is away')
  }
  const { start, sent, notes } = platform({ broken, a: rowsOf('a', 3) })
  start()
  await vi.waitFor(() => expect(sent).toHaveLength(3))
  expect(notes.size).toBe(0)
  delete (broken as { filter?: unknown }).filter
  await done(notes)
  expect(sent).toHaveLength(4)
})

test('a stream that is lost once more is filled from the beginning', async () => {
  const rows = rowsOf('a', 30)
  const { start, sent, notes, streams } = platform({ a: rows })
  start()
  await vi.waitFor(() => expect(sent.length).toBeGreaterThan(0))
  streams.current = 3
  await vi.waitFor(() => expect(notes.get('refilled.s0.auth')).toBe(3), 8_000)
  expect(rows.every((row) => row.published_in === 3)).toBe(true)
})
