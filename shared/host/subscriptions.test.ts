import { z } from '@hono/zod-openapi'
import { expect, test, vi } from 'vitest'
import { defineEvent } from '../events/event.ts'
import { NewerVersion } from '../events/failure.ts'
import { newId } from '../kernel/id.ts'
import { defineService, on, onDeadLetter } from '../service/service.ts'
import { FakeJetStream, silent } from '../testing/fake-jetstream.ts'
import { Subscriptions } from './subscriptions.ts'

vi.mock('../events/inbox.ts', () => ({
  countNew: (inbox: Set<string>, consumer: string, ids: string[]) => {
    const before = inbox.size
    for (const id of ids) inbox.add(consumer + id)
    return Promise.resolve(inbox.size - before)
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
  const causes: unknown[] = []
  let inbox = new Set<string>()
  const service = defineService({
    name: 'orders',
    summary: '',
    resources: [],
    tables: {},
    migrations: new URL('file:///nowhere/'),
    endpoints: [],
    consumers: [
      on(known, 'forget', (ctx, event) => {
        causes.push(ctx.origin.causationId)
        if (event.data.user_id === 'bad') throw new Error('refused')
        return Promise.resolve(handled.push(event.data))
      }),
      onDeadLetter('record', (_, letter) => Promise.resolve(handled.push(letter))),
    ],
  })
  const [events, letters] = new Subscriptions([service], {
    broker: Object.assign(new FakeJetStream(), { onFirstUp() {} }),
    streams: { shards: ['s0'], suspect() {} },
    log: silent,
    tenant: (id) => Promise.resolve(id === 'acme' ? { id } as never : undefined),
    contextOf: () => ({
      async joinAll<T>(work: (ctx: never) => Promise<T>) {
        const draft = new Set(inbox)
        const joined = { db: draft, now: () => new Date(), causedBy: (origin: object) => ({ origin }) }
        const value = await work(joined as never)
        inbox = draft
        return value
      },
    }),
  }).all()
  return { handled, causes, events: events!, letters: letters! }
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

test('several events are handled in their order, each the cause of what it leads to', async () => {
  const { handled, causes, events } = listener()
  const all = ['u1', 'u2', 'u3'].map((user_id) => event({ data: { user_id } }))
  await events.handleAll!(all.map((each) => message(each)))
  expect(handled).toEqual(all.map(({ data }) => data))
  expect(causes).toEqual(all.map(({ id }) => id))
  await events.handle(message(all[1]))
  expect(handled, 'each is known from now on').toHaveLength(3)
})

test.each([
  ['is known already', (known: unknown) => known],
  ['is invalid', () => event({ type: 'auth.user.created' })],
  ['fails', () => event({ data: { user_id: 'bad' } })],
])('of several events of which one %s not one is applied', async (_, makeOdd) => {
  const { handled, events } = listener()
  const known = event()
  await events.handle(message(known))
  const others = [event({ data: { user_id: 'u2' } }), event({ data: { user_id: 'u3' } })]
  await expect(events.handleAll!([others[0], makeOdd(known), others[1]].map((each) => message(each)))).rejects
    .toThrow()
  handled.length = 0
  for (const each of others) await events.handle(message(each))
  expect(handled, 'they are when each comes by itself').toEqual(others.map(({ data }) => data))
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
