import mysql from 'mysql2/promise'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseName, PLATFORM_DATABASE } from '../shared/db/databases.ts'
import { idToBytes, newId } from '../shared/kernel/id.ts'
import { catalogueVersion } from './support/catalogue-version.ts'
import { connectNats, messagesIn, type Nats } from './support/nats.ts'
import { ownPlatform } from './support/own-platform.ts'
import { newProduct } from './support/selling.ts'
import { newShop, operator, type Shop } from './support/shops.ts'
import { until } from './support/until.ts'

const STREAM = 'EVENTS_s0'
const CONSUMER = 'orders__anonymise-customer'

let nats: Nats

/** Events that were published long ago, as the relay leaves them in the outbox. */
async function publishedBefore(shop: Shop, count: number): Promise<void> {
  const connection = await mysql.createConnection({
    uri: shop.on.databaseUrl,
    database: databaseName(shop.id, 'auth'),
    timezone: 'Z',
  })
  const at = new Date(Date.now() - 3_600_000)
  const rows = Array.from({ length: count }, () => {
    const id = newId('evt')
    const user_id = newId('user')
    const envelope = JSON.stringify({
      specversion: '1.0',
      id,
      source: '/services/auth',
      type: 'auth.user.deleted',
      time: at.toISOString(),
      subject: user_id,
      datacontenttype: 'application/json',
      dataversion: 1,
      tenantid: shop.id,
      websiteid: shop.tenant.website,
      correlationid: newId('req'),
      data: {
        user_id,
        deleted_at: at.toISOString(),
        soft_delete: true,
        reason: 'requested',
        anonymize: true,
      },
    })
    return [
      Buffer.from(idToBytes('evt', id)),
      `events.s0.${shop.id}.auth.user.deleted`,
      envelope,
      at,
      at,
      at,
      1,
    ]
  })
  for (let i = 0; i < rows.length; i += 500) {
    await connection.query(
      'INSERT INTO outbox (id, subject, envelope, created_at, claimed_until, published_at, published_in) VALUES ?',
      [rows.slice(i, i + 500)],
    )
  }
  await connection.end()
}

/** How many events of the shop each outbox has, by the end of their subjects. */
async function inOutboxes(shop: Shop): Promise<Record<string, number>> {
  const connection = await mysql.createConnection({ uri: shop.on.databaseUrl })
  const databases = ['auth', 'products', 'baskets', 'orders'].map((each) => databaseName(shop.id, each))
  const counts: Record<string, number> = {}
  for (const database of [...databases, PLATFORM_DATABASE]) {
    const [rows] = await connection.query(
      'SELECT subject, COUNT(*) AS n FROM ??.outbox WHERE subject LIKE ? GROUP BY subject',
      [database, `events.s0.${shop.id}.%`],
    )
    for (const { subject, n } of rows as { subject: string; n: number }[]) counts[subject] = n
  }
  await connection.end()
  return counts
}

const inStream = (shop: Shop) => messagesIn(nats, STREAM, `events.s0.${shop.id}.>`)

const applied = async (shop: Shop) =>
  (await shop.rows<{ n: number }>('orders', 'SELECT COUNT(*) AS n FROM inbox WHERE consumer = ?', [
    CONSUMER,
  ]))[0]!
    .n

describe('services in processes of their own', () => {
  const own = ownPlatform({ split: true })
  const region = (name: string) => own.platform.regions.get(name)!
  beforeEach(async () => {
    nats = await connectNats(own.running.natsUrl)
  })
  afterEach(() => nats.close())

  test(
    'a stream that is lost while everything runs is filled from every outbox, through kills, and nothing is applied twice',
    {
      timeout: 180_000,
    },
    async () => {
      const shop = await newShop({ on: own.running })
      const owner = await shop.owner()
      for (let i = 0; i < 5; i++) await newProduct(owner)
      await until('the events of the shop are applied', async () => await catalogueVersion(shop) > 5)
      const count = 3_000
      await publishedBefore(shop, count)
      const version = await catalogueVersion(shop)
      await region('orders').child.kill('SIGKILL')

      await nats.manager.streams.delete(STREAM)
      const caught = await until('the refill has begun', async () => (await inStream(shop)).total)
      await Promise.all(['auth', 'products', 'websites'].map((name) => region(name).child.kill('SIGKILL')))
      expect(caught, 'it was interrupted').toBeLessThan(count)
      await Promise.all(['auth', 'products', 'websites', 'orders'].map((name) => region(name).restart()))

      await until('every event is in the stream again', async () => {
        const [kept, written] = [(await inStream(shop)).subjects, await inOutboxes(shop)]
        for (const [subject, n] of Object.entries(written)) {
          if ((kept[subject] ?? 0) < n) throw new Error(`${subject}: ${kept[subject]} of ${n}`)
        }
        return true
      }, 90_000)
      await until('every event is applied', async () => {
        const n = await applied(shop)
        if (n < count) throw new Error(`${n} of ${count}`)
        return true
      }, 90_000)
      expect(await catalogueVersion(shop), 'what was applied before is not applied again').toBe(version)
    },
  )

  test('a process that was away while the stream was lost fills in what is its own when it comes back', {
    timeout: 120_000,
  }, async () => {
    const shop = await newShop({ on: own.running })
    await publishedBefore(shop, 50)
    await region('auth').child.kill('SIGKILL')
    await nats.manager.streams.delete(STREAM)
    await until('others have made the stream', () => nats.manager.streams.info(STREAM))
    await region('auth').restart()
    await until(
      'its events are there',
      async () => (await inStream(shop)).subjects[`events.s0.${shop.id}.auth.user.deleted`] === 50,
      60_000,
    )
  })
})

describe('one process for all services', () => {
  // Nothing is found by looking for it: what a process knows of has to leave without.
  const own = ownPlatform({ env: { SWEEP_EVERY_MS: '3600000' } })
  beforeEach(async () => {
    nats = await connectNats(own.running.natsUrl)
  })
  afterEach(() => nats.close())

  test('events that were written while the broker was away leave as soon as it is back', {
    timeout: 120_000,
  }, async () => {
    const shop = await newShop({ on: own.running })
    const owner = await shop.owner()
    const version = await catalogueVersion(shop)
    await own.platform.servers.killNats()
    for (let i = 0; i < 5; i++) await newProduct(owner)
    const waiting = await shop.rows('products', 'SELECT 1 FROM outbox WHERE published_at IS NULL')
    expect(waiting.length, 'they wait').toBeGreaterThanOrEqual(5)
    await own.platform.servers.restartNats()
    await until(
      'all are published',
      async () =>
        (await shop.rows('products', 'SELECT 1 FROM outbox WHERE published_at IS NULL')).length === 0,
    )
    await until('they are applied', async () => await catalogueVersion(shop) >= version + 5)
  })

  test('a stream that is deleted under a running process is made again, and takes the next event', {
    timeout: 60_000,
  }, async () => {
    const shop = await newShop({ on: own.running })
    const owner = await shop.owner()
    await nats.manager.streams.delete(STREAM)
    const version = await catalogueVersion(shop)
    await newProduct(owner)
    await until('it is applied', async () => await catalogueVersion(shop) > version)
  })

  test('a removed shop leaves no event and no dead letter behind, and others keep theirs', {
    timeout: 60_000,
  }, async () => {
    const [gone, other] = [await newShop({ on: own.running }), await newShop({ on: own.running })]
    for (const shop of [gone, other]) {
      await newProduct(await shop.owner())
      await nats.client.publish(`events.s0.${shop.id}.auth.user.deleted`, 'no event')
    }
    const kept = async (shop: Shop) => ({
      events: (await inStream(shop)).total,
      letters: (await messagesIn(nats, 'DEAD_LETTERS', `dead.*.${shop.id}.>`)).total,
    })
    const both = async () => {
      for (const shop of [gone, other]) {
        const { events, letters } = await kept(shop)
        if (events < 2 || letters < 2) return false
      }
      return true
    }
    await until('both have events and dead letters', both)
    const before = await kept(other)
    const answer = await operator(own.running).call('DELETE', `/platform/v1/tenants/${gone.id}`)
    expect(answer.status).toBeLessThan(300)
    await until(
      'the shop is gone',
      async () => (await operator(own.running).call('GET', `/platform/v1/tenants/${gone.id}`)).status === 404,
    )
    await until('nothing of it is kept', async () => {
      const { events, letters } = await kept(gone)
      return events + letters === 0
    })
    expect(await kept(other)).toEqual(before)
  })
})
