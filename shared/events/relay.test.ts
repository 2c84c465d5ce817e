import { expect, test, vi } from 'vitest'
import type { Database } from '../db/database.ts'
import { FakeJetStream, silent } from '../testing/fake-jetstream.ts'
import type { OutboxRow } from './outbox.ts'
import { Relay } from './relay.ts'

vi.mock('./outbox.ts', async (original) => ({
  ...await original<typeof import('./outbox.ts')>(),
  // The statements are proved against a database; here an outbox is a map.
  markPublished: (executor: FakeOutbox, ids: string[], generation: number) =>
    Promise.resolve(executor.mark(ids, generation)),
  claimOwn: (executor: FakeOutbox, ids: string[]) => Promise.resolve(executor.unpublished(ids)),
  claimOverdue: (executor: FakeOutbox) => Promise.resolve(executor.unpublished().slice(0, 200)),
}))

/** The outbox of one database. */
class FakeOutbox {
  readonly rows: OutboxRow[] = []
  readonly marks = new Map<string, number>()
  statements = 0
  isAway = false
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  write(count: number): OutboxRow[] {
    const rows = Array.from({ length: count }, (_, i) => ({
      id: `evt_${this.name}${this.rows.length + i}` as const,
      subject: `events.s0.${this.name}.a.b.c`,
      envelope: '{}',
    }))
    this.rows.push(...rows)
    return rows
  }
  mark(ids: string[], generation: number) {
    this.statements++
    for (const id of ids) this.marks.set(id, generation)
  }
  unpublished(ids?: string[]) {
    if (this.isAway) throw new Error('the database is away')
    return this.rows.filter(({ id }) => !this.marks.has(id) && (!ids || ids.includes(id)))
  }
  get database(): Database {
    return this.#database ??= {
      executor: this,
      transaction: async (work: (executor: unknown) => Promise<unknown>) => await work(this),
    } as unknown as Database
  }
  #database?: Database
}

function relay({ isReady = true } = {}) {
  const nats = new FakeJetStream()
  const listeners = { ready: () => {}, down: () => {} }
  const streams = {
    isReady,
    generation: () => 7 as number | undefined,
    suspect: vi.fn(),
    onReady: (listener: () => void) => void (listeners.ready = listener),
    onDown: (listener: () => void) => void (listeners.down = listener),
  }
  return {
    nats,
    streams,
    made: new Relay(nats, streams, silent),
    goDown() {
      streams.isReady = false
      listeners.down()
    },
    comeBack() {
      streams.isReady = true
      listeners.ready()
    },
  }
}

const sent = (nats: FakeJetStream) => nats.published.map(({ msgID }) => msgID)

test('the rows of a transaction are published and marked with the generation of their stream, many at once', async () => {
  const { made, nats } = relay()
  const outbox = new FakeOutbox('a')
  const rows = outbox.write(100)
  made.committed(outbox.database, rows)
  await vi.waitFor(() => expect(outbox.marks.size).toBe(100))
  expect(sent(nats)).toEqual(rows.map(({ id }) => id))
  expect(new Set(outbox.marks.values())).toEqual(new Set([7]))
  expect(outbox.statements).toBe(2)
})

test('databases take turns: a thousand events of one delay another’s by one', async () => {
  const { made, nats } = relay()
  const [busy, other] = [new FakeOutbox('busy'), new FakeOutbox('other')]
  made.committed(busy.database, busy.write(500))
  made.committed(other.database, other.write(1))
  await vi.waitFor(() => expect(nats.published).toHaveLength(501))
  expect(sent(nats).indexOf('evt_other0')).toBeLessThan(260)
})

test('memory is bounded: what is not held is read again, and nothing is left', async () => {
  const { made, nats } = relay()
  let open = () => {}
  const gate = new Promise<void>((resolve) => open = resolve)
  nats.onPublish = () => gate
  const outbox = new FakeOutbox('a')
  made.committed(outbox.database, outbox.write(5_000))
  expect(made.figures.held).toBeLessThanOrEqual(512)
  expect(made.figures.in_flight).toBeLessThanOrEqual(256)
  open()
  await vi.waitFor(() => expect(outbox.marks.size).toBe(5_000), 10_000)
  expect(made.figures).toEqual({ held: 0, in_flight: 0, behind: 0 })
})

test('what was committed while the broker was away leaves as soon as it is back', async () => {
  const { made, nats, comeBack } = relay({ isReady: false })
  const outbox = new FakeOutbox('a')
  made.committed(outbox.database, outbox.write(3))
  expect(nats.published).toEqual([])
  comeBack()
  await vi.waitFor(() => expect(outbox.marks.size).toBe(3))
})

test('what was on its way when the connection was lost is sent again without waiting for an answer', async () => {
  const { made, nats, goDown, comeBack } = relay()
  nats.onPublish = () => new Promise(() => {})
  const outbox = new FakeOutbox('a')
  made.committed(outbox.database, outbox.write(300))
  goDown()
  await vi.waitFor(() => expect(made.figures).toEqual({ held: 0, in_flight: 0, behind: 300 }))
  nats.onPublish = () => Promise.resolve()
  comeBack()
  await vi.waitFor(() => expect(outbox.marks.size).toBe(300))
})

test('a stream that is missing is reported, and its events are tried again', async () => {
  const { made, nats, streams } = relay()
  let isMissing = true
  nats.onPublish = () => {
    if (isMissing) throw Object.assign(new Error('jetstream is not enabled'), { name: 'JetStreamNotEnabled' })
    return Promise.resolve()
  }
  const outbox = new FakeOutbox('a')
  made.committed(outbox.database, outbox.write(1))
  await vi.waitFor(() => expect(streams.suspect).toHaveBeenCalled())
  isMissing = false
  await vi.waitFor(() => expect(outbox.marks.size).toBe(1), 3_000)
})

test('an outbox that can’t be read now is read later, and holds up no other', async () => {
  const { made, comeBack } = relay({ isReady: false })
  const [away, other] = [new FakeOutbox('away'), new FakeOutbox('other')]
  made.committed(away.database, away.write(1))
  made.committed(other.database, other.write(1))
  away.isAway = true
  comeBack()
  await vi.waitFor(() => expect(other.marks.size).toBe(1))
  expect(away.marks.size).toBe(0)
  away.isAway = false
  await vi.waitFor(() => expect(away.marks.size).toBe(1), 3_000)
})

test('a sweep publishes all that is overdue, and ends where nothing can be sent', async () => {
  const { made, nats } = relay()
  const outbox = new FakeOutbox('a')
  outbox.write(450)
  expect(await made.sweep(outbox.database)).toBe(450)
  expect(outbox.marks.size).toBe(450)
  outbox.write(10)
  nats.onPublish = () => Promise.reject(new Error('timeout'))
  expect(await made.sweep(outbox.database)).toBe(10)
  expect(outbox.marks.size).toBe(450)
})

test('stop writes down what was published', async () => {
  const { made } = relay()
  const outbox = new FakeOutbox('a')
  made.committed(outbox.database, outbox.write(10))
  await made.stop()
  expect(outbox.marks.size).toBe(10)
})
