import { afterEach, expect, test, vi } from 'vitest'
import { Problem } from '../errors/problem.ts'
import { FakeJetStream, FakeMessage, silent } from '../testing/fake-jetstream.ts'
import { ConsumerLoop } from './consumer.ts'
import type { Subscription } from './durable.ts'
import { InvalidMessage, MAX_ATTEMPTS, NEWER_VERSION_WAIT_MS, NewerVersion } from './failure.ts'

const DURABLE = 'orders__listen'
const SECRET = 'select password from users'
const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

/** A loop over a stream in memory, whose handler the test gives. */
function loop(handle: Subscription['handle'], handleAll?: Subscription['handleAll']) {
  const nats = new FakeJetStream()
  const made = new ConsumerLoop(
    nats,
    { suspect() {} },
    { durable: DURABLE, stream: 'EVENTS_s0', filter: 'events.s0.*.a.b.c', handle, handleAll },
    silent,
  )
  void made.run()
  stops.push(() => made.stop())
  return {
    nats,
    stop: () => made.stop(),
    async answerTo(given: Partial<ConstructorParameters<typeof FakeMessage>[0]> = {}) {
      const message = nats.deliver(new FakeMessage({ subject: 'events.s0.acme.a.b.c', text: '{}', ...given }))
      return await vi.waitFor(() => message.answer ?? Promise.reject(new Error('no answer yet')))
    },
    letters: () =>
      nats.published.filter(({ subject }) => subject.startsWith('dead.')).map(({ subject, text, msgID }) => ({
        ...JSON.parse(text),
        subject,
        msgID,
        text,
      })),
  }
}

const failing = (error: unknown) => () => Promise.reject(error)

test('what was applied is acknowledged', async () => {
  const seen: string[] = []
  const { answerTo, letters } = loop(({ text }) => Promise.resolve(void seen.push(text)))
  expect(await answerTo({ text: '{"a":1}' })).toBe('ack')
  expect(seen).toEqual(['{"a":1}'])
  expect(letters()).toEqual([])
})

test('what fails is let go for a while, in whole milliseconds', async () => {
  const { answerTo, letters } = loop(failing(new Error(SECRET)))
  const { nak } = await answerTo() as { nak: number }
  expect(Number.isInteger(nak)).toBe(true)
  expect(nak).toBeGreaterThan(0)
  expect(letters()).toEqual([])
})

test('the last attempt makes a dead letter of it, which tells nothing of the error', async () => {
  const { answerTo, letters, nats } = loop(failing(new Error(SECRET)))
  nats.notes.set('notes.attempts.EVENTS_s0.c.1-1000000', String(MAX_ATTEMPTS - 1))
  expect(await answerTo({ delivery: 100, publishedAt: new Date(1) })).toBe('term')
  const [letter] = letters()
  expect(letter).toMatchObject({
    consumer: DURABLE,
    payload: '{}',
    reason: 'exhausted',
    code: 'handler_failed',
    attempts: MAX_ATTEMPTS,
  })
  expect(letter.text).not.toContain('select')
})

test('deliveries that were no attempts do not count, however many they were', async () => {
  let fails = true
  const { answerTo, letters } = loop(() => fails ? Promise.reject(new Error('x')) : Promise.resolve())
  expect(await answerTo({ delivery: 1_000 })).toMatchObject({ nak: expect.any(Number) })
  fails = false
  expect(await answerTo({ delivery: 1_001 })).toBe('ack')
  expect(letters()).toEqual([])
})

test('what was let go untried, as its shop has many waiting, is a first delivery when it comes again', async () => {
  let end = () => {}
  const gate = new Promise<void>((resolve) => end = resolve)
  const { nats } = loop(() => gate)
  const message = (seq: number, delivery: number) =>
    nats.deliver(
      new FakeMessage({
        subject: 'events.s0.acme.a.b.c',
        text: `{"subject":"${seq}"}`,
        seq,
        delivery,
        publishedAt: new Date(1),
      }),
    )
  const all = Array.from({ length: 600 }, (_, i) => message(i, 1))
  const refused = await vi.waitFor(() =>
    all.find(({ answer }) => answer) ?? Promise.reject(new Error('none yet'))
  )
  expect(refused.answer).toMatchObject({ nak: expect.any(Number) })
  end()
  const again = message(refused.seq, 2)
  await vi.waitFor(() => expect(again.answer).toBe('ack'))
  expect(nats.notes.size, 'nothing had to be looked up or written').toBe(0)
})

test('a message that takes its process along becomes a dead letter before it is begun once more', async () => {
  const begun: number[] = []
  const { answerTo, letters, nats } = loop(() => Promise.resolve(void begun.push(1)))
  nats.notes.set('notes.attempts.EVENTS_s0.c.1-1000000', String(MAX_ATTEMPTS))
  expect(await answerTo({ delivery: 2, publishedAt: new Date(1) })).toBe('term')
  expect(begun).toEqual([])
  expect(letters()).toMatchObject([{ reason: 'exhausted', code: 'never_ended' }])
})

test('an event of a newer release waits, uses up no attempt, and is given up after days', async () => {
  const { answerTo, letters, nats } = loop(failing(new NewerVersion('a.b.c', 2)))
  for (let delivery = 1; delivery <= 20; delivery++) {
    const { nak } = await answerTo({ delivery }) as { nak: number }
    expect(nak).toBeGreaterThanOrEqual(20_000)
  }
  expect([...nats.notes.values()].every((attempts) => Number(attempts) <= 1)).toBe(true)
  expect(letters()).toEqual([])
  const publishedAt = new Date(Date.now() - NEWER_VERSION_WAIT_MS)
  expect(await answerTo({ delivery: 21, publishedAt })).toBe('term')
  expect(letters()).toMatchObject([{ reason: 'exhausted', code: 'newer_version' }])
})

test('what is invalid or refused becomes a dead letter at once', async () => {
  const errors = [new InvalidMessage('schema_mismatch'), new Problem('conflict', SECRET)]
  const { answerTo, letters } = loop(() => Promise.reject(errors.shift()))
  expect(await answerTo({ seq: 1 })).toBe('term')
  expect(await answerTo({ seq: 2 })).toBe('term')
  expect(letters()).toMatchObject([
    { reason: 'invalid', code: 'schema_mismatch' },
    { reason: 'refused', code: 'conflict' },
  ])
  expect(JSON.stringify(letters())).not.toContain('select')
})

test('a dead letter that can’t be stored keeps its message', async () => {
  const { answerTo, nats } = loop(failing(new InvalidMessage('not_an_event')))
  nats.onPublish = () => Promise.reject(new Error('the broker is away'))
  expect(await answerTo()).toMatchObject({ nak: expect.any(Number) })
})

test('a shop whose database is away keeps its messages, and holds up none of another', async () => {
  const gone = Object.assign(new Error('x'), { code: 'ECONNREFUSED' })
  let isAway = true
  const { answerTo, letters, nats } = loop(({ subject }) =>
    subject.includes('.gone.') && isAway ? Promise.reject(gone) : Promise.resolve()
  )
  const waiting = Array.from(
    { length: 8 },
    (_, i) =>
      nats.deliver(
        new FakeMessage({ subject: 'events.s0.gone.a.b.c', text: `{"subject":"${i}"}`, seq: i + 1 }),
      ),
  )
  expect(await answerTo()).toBe('ack')
  expect(waiting.map(({ answer }) => answer).filter(Boolean)).toEqual([])
  isAway = false
  await vi.waitFor(() => expect(waiting.every(({ answer }) => answer === 'ack')).toBe(true), 5_000)
  expect(letters()).toEqual([])
})

test('a retry is for its consumer alone, which tells that it was applied', async () => {
  const seen: string[] = []
  const { answerTo, letters } = loop(({ text }) => Promise.resolve(void seen.push(text)))
  expect(await answerTo({ text: 'another’s', headers: [['Retry-For', 'products__other']] })).toBe('ack')
  expect(seen).toEqual([])
  expect(letters()).toEqual([])
  expect(await answerTo({ text: 'own', headers: [['Retry-For', DURABLE]] })).toBe('ack')
  expect(seen).toEqual(['own'])
  expect(letters()).toMatchObject([{ reason: 'applied', payload: 'own' }])
})

test('a message of a shop that is gone goes too', async () => {
  const { answerTo, nats } = loop(() => Promise.resolve('orphaned'))
  expect(await answerTo({ seq: 7 })).toBe('ack')
  expect(nats.deleted).toEqual([7])
})

test('a loop that stops gives back what it has not begun, and ends what it has', async () => {
  let end = () => {}
  const { nats, stop } = loop(() => new Promise((resolve) => end = resolve))
  const [running, waiting] = [1, 2].map((seq) =>
    nats.deliver(new FakeMessage({ subject: 'events.s0.acme.a.b.c', text: '{"subject":"same"}', seq }))
  )
  await vi.waitFor(() => expect(end.name).toBe(''))
  await new Promise((resolve) => setImmediate(resolve))
  const stopped = stop()
  await vi.waitFor(() => expect(waiting!.answer).toEqual({ nak: 0 }))
  expect(running!.answer).toBeUndefined()
  end()
  await stopped
  expect(running!.answer).toBe('ack')
})

/** Messages of one shop, more than begin at once: all but two wait. */
const burst = (nats: FakeJetStream, count: number) =>
  Array.from(
    { length: count },
    (_, i) =>
      nats.deliver(
        new FakeMessage({ subject: 'events.s0.acme.a.b.c', text: `{"subject":"${i}"}`, seq: i + 1 }),
      ),
  )

test('what waits of one shop is applied together, and acknowledged after it', async () => {
  let end = () => {}
  const gate = new Promise<void>((resolve) => end = resolve)
  const batches: string[][] = []
  let commit = () => {}
  const { nats } = loop(() => gate, (messages) => {
    batches.push(messages.map(({ text }) => text))
    return new Promise((resolve) => commit = () => resolve())
  })
  const all = burst(nats, 6)
  await new Promise((resolve) => setImmediate(resolve))
  end()
  await vi.waitFor(() => expect(batches).toHaveLength(1))
  expect(batches[0]).toEqual([2, 3, 4, 5].map((subject) => `{"subject":"${subject}"}`))
  expect(all.slice(2).some(({ answer }) => answer)).toBe(false)
  commit()
  await vi.waitFor(() => expect(all.every(({ answer }) => answer === 'ack')).toBe(true))
})

test('one that fails is singled out, the others are applied in their order', async () => {
  let end = () => {}
  const gate = new Promise<void>((resolve) => end = resolve)
  const seen: string[] = []
  const { nats, letters } = loop(async ({ text }) => {
    await gate
    if (text.includes('3')) throw new Problem('conflict')
    seen.push(text)
  }, () => Promise.reject(new Problem('conflict')))
  const all = burst(nats, 6)
  await new Promise((resolve) => setImmediate(resolve))
  end()
  await vi.waitFor(() => expect(all.every(({ answer }) => answer)).toBe(true))
  expect(all.map(({ answer }) => answer)).toEqual(['ack', 'ack', 'ack', 'term', 'ack', 'ack'])
  expect(seen).toEqual([0, 1, 2, 4, 5].map((subject) => `{"subject":"${subject}"}`))
  expect(letters()).toMatchObject([{ reason: 'refused', code: 'conflict', attempts: 1 }])
})

test('what was let go untried is still applied together with others', async () => {
  let batches: number[] = []
  let gate = Promise.resolve()
  let end = () => {}
  const close = () => gate = new Promise((resolve) => end = resolve)
  const { nats } = loop(() => gate, (messages) => Promise.resolve(void batches.push(messages.length)))
  close()
  const all = burst(nats, 600)
  const refused = () => all.filter(({ answer }) => typeof answer === 'object')
  await vi.waitFor(() => expect(refused().length).toBeGreaterThan(4))
  end()
  await vi.waitFor(() => expect(all.every(({ answer }) => answer)).toBe(true))
  close()
  batches = []
  const running = burst(nats, 2)
  const again = refused().slice(0, 4).map(({ seq, subject, string, info }) =>
    nats.deliver(
      new FakeMessage({
        subject,
        text: string(),
        seq,
        delivery: 2,
        publishedAt: new Date(info.timestampNanos / 1e6),
      }),
    )
  )
  await new Promise((resolve) => setTimeout(resolve))
  end()
  await vi.waitFor(() => expect([...running, ...again].every(({ answer }) => answer === 'ack')).toBe(true))
  expect(batches).toEqual([4])
})

test('what comes again is handled by itself: it may be what made its batch fail', async () => {
  const batches: number[] = []
  let end = () => {}
  const gate = new Promise<void>((resolve) => end = resolve)
  const { nats } = loop(() => gate, (messages) => Promise.resolve(void batches.push(messages.length)))
  burst(nats, 4)
  const again = [5, 6].map((seq) =>
    nats.deliver(
      new FakeMessage({ subject: 'events.s0.acme.a.b.c', text: `{"subject":"${seq}"}`, seq, delivery: 2 }),
    )
  )
  await new Promise((resolve) => setImmediate(resolve))
  end()
  await vi.waitFor(() => expect(again.every(({ answer }) => answer === 'ack')).toBe(true))
  expect(batches).toEqual([2])
})
