import { jetstream, type JetStreamClient } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { newId } from '../shared/kernel/id.ts'
import { type Client, newShop, type Shop } from './support/shops.ts'
import { until } from './support/until.ts'

const CONSUMER = 'orders__anonymise-customer'
const TYPE = 'auth.user.deleted'

let nats: NatsConnection
let broker: JetStreamClient
let shop: Shop
let owner: Client

beforeAll(async () => {
  const { username, password, host } = new URL(inject('platform').natsUrl)
  nats = await connect({
    servers: host,
    user: decodeURIComponent(username),
    pass: decodeURIComponent(password),
  })
  broker = jetstream(nats)
})
afterAll(() => nats?.close())
beforeEach(async () => {
  shop = await newShop()
  owner = await shop.owner()
})

const data = () => ({
  user_id: newId('user'),
  deleted_at: new Date().toISOString(),
  soft_delete: true,
  reason: 'requested',
  anonymize: true,
})

function event(of: Shop, given: unknown = data()) {
  return {
    specversion: '1.0',
    id: newId('evt'),
    source: '/services/auth',
    type: TYPE,
    time: new Date().toISOString(),
    subject: 'user',
    datacontenttype: 'application/json',
    dataversion: 1,
    tenantid: of.tenant.id,
    websiteid: of.tenant.website,
    correlationid: newId('req'),
    data: given,
  }
}

const publish = (of: Shop, given: unknown) =>
  broker.publish(`events.s0.${of.id}.${TYPE}`, typeof given === 'string' ? given : JSON.stringify(given))

/** As the kernel tells it when a consumer gave up. */
const bury = (of: Shop, payload: string, failedAt = new Date()) =>
  broker.publish(
    `dead.s0.${of.id}.${CONSUMER}`,
    JSON.stringify({
      consumer: CONSUMER,
      subject: `events.s0.${of.id}.${TYPE}`,
      payload,
      id: newId('letter'),
      reason: 'exhausted',
      code: 'handler_failed',
      pointers: [],
      attempts: 8,
      failed_at: failedAt.toISOString(),
    }),
  )

const failed = async (query = '') =>
  (await owner.get(`/v1/admin/messages/failed?consumer=${CONSUMER}${query}`, 200)).body.data
const firstFailed = (query = '') => until('a failed message is listed', async () => (await failed(query))[0])

test('an event that its consumer cannot read is listed with payload, reason and where it is wrong', async () => {
  const broken = event(shop, { user_id: 'nobody' })
  await publish(shop, broken)
  const message = await firstFailed()
  expect(message).toMatchObject({
    event_id: broken.id,
    event_type: TYPE,
    reason: 'invalid',
    status: 'failed',
    attempts: 1,
    retries: 0,
  })
  const { body } = await owner.get(`/v1/admin/messages/failed/${message.id}`, 200)
  expect(JSON.parse(body.payload)).toEqual(broken)
  expect(body.error).toMatchObject({
    code: 'schema_mismatch',
    pointers: expect.arrayContaining(['/user_id']),
  })
})

test('a retry that works again ends as resolved', async () => {
  const good = event(shop)
  await bury(shop, JSON.stringify(good))
  const { id } = await firstFailed()
  expect((await owner.post(`/v1/admin/messages/failed/${id}/retry`, undefined, 200)).body.retries).toBe(1)
  await until(
    'it is resolved',
    async () => (await owner.get(`/v1/admin/messages/failed/${id}`)).body.status === 'resolved',
  )
  const applied = await shop.rows<{ consumer: string }>('orders', 'select consumer from inbox')
  expect(applied.filter((row) => row.consumer === CONSUMER)).toHaveLength(1)
  expect((await owner.post(`/v1/admin/messages/failed/${id}/retry`)).body.code).toBe('illegal_transition')
})

test('a retry reaches the consumer that failed and no other', async () => {
  const good = event(shop)
  await bury(shop, JSON.stringify(good))
  await owner.post(`/v1/admin/messages/failed/${(await firstFailed()).id}/retry`, undefined, 200)
  await firstFailed('&status=resolved')
  for (const service of ['auth', 'baskets', 'products', 'orders']) {
    const others = await shop.rows<{ consumer: string }>(service, 'select consumer from inbox')
    expect(others.map((row) => row.consumer).filter((name) => name !== CONSUMER)).toEqual([])
  }
})

test('a retry that fails again is the same row, failed once more', async () => {
  await publish(shop, event(shop, {}))
  const { id, failed_at } = await firstFailed()
  await owner.post(`/v1/admin/messages/failed/${id}/retry`, undefined, 200)
  const again = await until('it failed again', async () => {
    const [message] = await failed()
    return message.failed_at > failed_at ? message : undefined
  })
  expect(again).toMatchObject({ id, status: 'failed', retries: 1 })
})

test('a letter that comes twice or late changes nothing', async () => {
  const payload = JSON.stringify(event(shop))
  await bury(shop, payload)
  const { id } = await firstFailed()
  await owner.post(`/v1/admin/messages/failed/${id}/retry`, undefined, 200)
  await firstFailed('&status=resolved')
  await bury(shop, payload, new Date(Date.now() - 60_000))
  await bury(shop, 'not an event')
  await until('the later letter is there', async () => (await failed()).length === 2)
  expect((await owner.get(`/v1/admin/messages/failed/${id}`)).body.status).toBe('resolved')
})

test('what is not an event is kept, and refused to be retried', async () => {
  await publish(shop, 'no json')
  const message = await firstFailed()
  expect(message.reason).toBe('invalid')
  const refused = await owner.post(`/v1/admin/messages/failed/${message.id}/retry`)
  expect(refused).toMatchObject({ status: 422, body: { code: 'illegal_transition' } })
})

test('an event that names another shop is not sent', async () => {
  const other = await newShop()
  await bury(shop, JSON.stringify(event(other)))
  const { id } = await firstFailed()
  await owner.post(`/v1/admin/messages/failed/${id}/retry`, undefined, 422)
  expect((await owner.get(`/v1/admin/messages/failed/${id}`)).body.status).toBe('failed')
})

test('all failed messages of a filter are retried, oldest first and at most as many as asked', async () => {
  for (let i = 0; i < 3; i++) await bury(shop, JSON.stringify(event(shop)), new Date(Date.now() - 10_000 + i))
  await until('three are listed', async () => (await failed()).length === 3)
  const path = '/v1/admin/messages/failed/retry'
  expect((await owner.post(path, { consumer: CONSUMER, limit: 2 }, 200)).body).toEqual({
    retried: 2,
    has_more: true,
  })
  await until('two are resolved', async () => (await failed('&status=resolved')).length === 2)
  expect((await owner.post(path, { event_type: 'no.such.event' }, 200)).body).toEqual({
    retried: 0,
    has_more: false,
  })
  expect((await owner.post(path, {}, 200)).body).toEqual({ retried: 1, has_more: false })
})

test('a deleted message is gone, and the audit log says who did it', async () => {
  await bury(shop, JSON.stringify(event(shop)))
  const { id } = await firstFailed()
  await owner.delete(`/v1/admin/messages/failed/${id}`, 204)
  await owner.get(`/v1/admin/messages/failed/${id}`, 404)
  const [entry] = await shop.rows(
    'messages',
    "select actor_id from audit_log where action = 'failed_message.deleted'",
  )
  expect(entry).toEqual({ actor_id: owner.userId })
})

test('pages of failed messages hold each of them once', async () => {
  const at = Date.now() - 60_000
  for (let i = 0; i < 5; i++) await bury(shop, JSON.stringify(event(shop)), new Date(at + (i % 2)))
  await until('five are listed', async () => (await failed()).length === 5)
  const seen: string[] = []
  for (let cursor = '';;) {
    const { body } = await owner.get(`/v1/admin/messages/failed?limit=2${cursor && `&cursor=${cursor}`}`, 200)
    seen.push(...body.data.map((each: { id: string }) => each.id))
    if (!body.has_more) break
    cursor = body.next_cursor
  }
  expect(new Set(seen).size).toBe(5)
  expect(seen).toHaveLength(5)
})

test('failed messages of one shop are nowhere in another', async () => {
  await bury(shop, JSON.stringify(event(shop)))
  const { id } = await firstFailed()
  const stranger = await (await newShop()).owner()
  expect((await stranger.get('/v1/admin/messages/failed', 200)).body.data).toEqual([])
  await stranger.get(`/v1/admin/messages/failed/${id}`, 404)
  await stranger.post(`/v1/admin/messages/failed/${id}/retry`, undefined, 404)
  await stranger.delete(`/v1/admin/messages/failed/${id}`, 404)
})

test('queues show how far consumers are with this shop, whatever others have', async () => {
  const busy = await newShop()
  const before = (await owner.get(`/v1/admin/queues/${CONSUMER}`, 200)).body
  expect(before).toMatchObject({
    event_type: TYPE,
    kept: 0,
    waiting_since: null,
    lag_ms: 0,
    failed: 0,
    retrying: 0,
  })
  for (let i = 0; i < 20; i++) await publish(busy, event(busy))
  await publish(shop, event(shop))
  await publish(shop, event(shop, {}))
  await firstFailed()
  const after = (await owner.get(`/v1/admin/queues/${CONSUMER}`, 200)).body
  expect(after).toMatchObject({ kept: 2, waiting_since: null, lag_ms: 0, failed: 1 })
  const names = (await owner.get('/v1/admin/queues', 200)).body.data.map((each: { name: string }) =>
    each.name
  )
  expect(names).toEqual([...names].sort())
  await owner.get('/v1/admin/queues/no__such', 404)
})

test('only those with messages.view and messages.manage come near', async () => {
  const customer = await shop.customer()
  const manager = await shop.staff('manager')
  for (const client of [customer, manager]) {
    await client.get('/v1/admin/messages/failed', 403)
    await client.get('/v1/admin/queues', 403)
    await client.post('/v1/admin/messages/failed/retry', {}, 403)
  }
  await shop.visitor().get('/v1/admin/messages/failed', 401)
})
