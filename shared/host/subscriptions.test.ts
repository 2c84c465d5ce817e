import { z } from '@hono/zod-openapi'
import { expect, test, vi } from 'vitest'
import { defineEvent } from '../events/event.ts'
import { NewerVersion } from '../events/failure.ts'
import { newId } from '../kernel/id.ts'
import { defineService, on, onDeadLetter } from '../service/service.ts'
import { FakeJetStream, silent } from '../testing/fake-jetstream.ts'
import { Subscriptions } from './subscriptions.ts'

vi.mock('../events/inbox.ts', () => ({
  firstTime: (inbox: Set<string>, consumer: string, id: string) => {
    const isNew = !inbox.has(consumer + id)
    inbox.add(consumer + id)
    return Promise.resolve(isNew)
  },
}))

const known = defineEvent('auth.user.deleted', {
  version: 2,
  summary: 'A user is gone',
  subject: 'user_id',
  data: z.object({ user_id: z.string() }),
})

/** The consumers of one service, whose shop `acme` is there. */
function listener() {
  const handled: unknown[] = []
  const inbox = new Set<string>()
  const service = defineService({
    name: 'orders',
    summary: '',
    resources: [],
    tables: {},
    migrations: new URL('file:///nowhere/'),
    endpoints: [],
    consumers: [
      on(known, 'forget', (_, event) => Promise.resolve(handled.push(event.data))),
      onDeadLetter('record', (_, letter) => Promise.resolve(handled.push(letter))),
    ],
  })
  const [events, letters] = new Subscriptions([service], {
    broker: Object.assign(new FakeJetStream(), { onFirstUp() {} }),
    streams: { shards: ['s0'], suspect() {} },
    log: silent,
    tenant: (id) => Promise.resolve(id === 'acme' ? { id } as never : undefined),
    contextOf: () => ({
      joinAll: <T>(work: (ctx: never) => Promise<T>) => work({ db: inbox, now: () => new Date() } as never),
    }),
  }).all()
  return { handled, events: events!, letters: letters! }
}

const event = (changes: Record<string, unknown> = {}) => ({
  specversion: '1.0',
  id: newId('evt'),
  type: known.type,
  dataversion: 2,
  tenantid: 'acme',
  correlationid: 'req_1',
  data: { user_id: 'u1' },
  ...changes,
})
const message = (body: unknown, shop = 'acme') => ({
  subject: `events.s0.${shop}.auth.user.deleted`,
  text: typeof body === 'string' ? body : JSON.stringify(body),
  publishedAt: new Date(),
})

test('a consumer reads its own events of every shop of the shard, under its own name', () => {
  const { events, letters } = listener()
  expect(events).toMatchObject({
    durable: 'orders__forget',
    stream: 'EVENTS_s0',
    filter: 'events.s0.*.auth.user.deleted',
  })
  expect(letters).toMatchObject({ durable: 'orders__record', stream: 'DEAD_LETTERS' })
})

test('an event is handled once, however often it comes', async () => {
  const { handled, events } = listener()
  const once = message(event())
  await events.handle(once)
  await events.handle(once)
  expect(handled).toEqual([{ user_id: 'u1' }])
})

test('an event of an older release is read as well', async () => {
  const { handled, events } = listener()
  await events.handle(message(event({ dataversion: 1 })))
  expect(handled).toHaveLength(1)
})

test('an event of a newer release is left to a newer process, whatever its data is', async () => {
  const { handled, events } = listener()
  await expect(events.handle(message(event({ dataversion: 3, data: { uid: 1 } })))).rejects.toThrow(
    NewerVersion,
  )
  expect(handled).toEqual([])
})

test.each([
  ['no JSON', 'nonsense', 'not_an_event'],
  ['JSON that is no event', [1], 'not_an_event'],
  ['an id that no inbox can keep', event({ id: 'x'.repeat(300) }), 'not_an_event'],
  ['a version that is no number', event({ dataversion: '3' }), 'not_an_event'],
  ['an event of another shop', event({ tenantid: 'other' }), 'wrong_shop'],
  ['an event of another type', event({ type: 'auth.user.created' }), 'wrong_type'],
  ['data that doesn’t fit', event({ data: { user_id: 1 } }), 'schema_mismatch'],
])('%s is invalid', async (_, body, code) => {
  const { handled, events } = listener()
  await expect(events.handle(message(body))).rejects.toMatchObject({ code })
  expect(handled).toEqual([])
})

test('what a deleted shop left is handled by nobody', async () => {
  const { handled, events, letters } = listener()
  expect(await events.handle(message(event({ tenantid: 'gone' }), 'gone'))).toBe('orphaned')
  const letter = {
    id: newId('letter'),
    consumer: 'c',
    subject: 'events.s0.gone.a.b.c',
    payload: '{}',
    reason: 'invalid',
    code: 'not_an_event',
    pointers: [],
    attempts: 1,
    failed_at: new Date().toISOString(),
  }
  const dead = (shop: string, body: unknown) => ({ ...message(body), subject: `dead.s0.${shop}.c` })
  expect(await letters.handle(dead('gone', letter))).toBe('orphaned')
  await letters.handle(dead('acme', 'nonsense'))
  expect(handled, 'nor is what is no dead letter').toEqual([])
  await letters.handle(dead('acme', letter))
  expect(handled).toEqual([letter])
})
