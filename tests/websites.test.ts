import { randomBytes } from 'node:crypto'
import mysql from 'mysql2/promise'
import { describe, expect, inject, test } from 'vitest'
import { databaseName, PLATFORM_DATABASE } from '../shared/db/databases.ts'
import type { Running } from './support/global-setup.ts'
import { send } from '../tools/client/http.ts'
import { ownPlatform } from './support/own-platform.ts'
import { newShop, operator, PASSWORD, Shop, webhookCaller } from './support/shops.ts'
import { until } from './support/until.ts'

const owner = { email: 'owner@example.com', first_name: 'Olga', last_name: 'Owner' }
const unique = (name: string) => `${name} ${randomBytes(4).toString('hex')}`

const subscription = (id: string, changes = {}) => ({
  event: 'subscription.created',
  data: {
    subscription_id: id,
    customer: { name: unique('Client'), email: 'client@example.com' },
    plan: { tier: 'premium', price: 124.99, currency: 'EUR', billing_period: 'monthly' },
    metadata: { region: 'eu-west' },
    ...changes,
  },
})
const webhook = (body: unknown) =>
  webhookCaller().call('POST', '/platform/v1/provisioning/webhooks/subscription-created', body)

async function databasesOf(id: string, on: Running = inject('platform')): Promise<string[]> {
  const connection = await mysql.createConnection({ uri: on.databaseUrl })
  const [rows] = await connection.query('SHOW DATABASES LIKE ?', [`${id.replaceAll('-', '\\_')}\\_%`])
  await connection.end()
  return (rows as object[]).map((row) => String(Object.values(row)[0]))
}

test('a subscription told five times at once makes one shop', async () => {
  const told = subscription(`sub_${randomBytes(6).toString('hex')}`)
  const answers = await Promise.all(Array.from({ length: 5 }, () => webhook(told)))
  expect(answers.map((answer) => answer.status)).toEqual([202, 202, 202, 202, 202])
  expect(new Set(answers.map((answer) => answer.body.tenant_id)).size).toBe(1)
  expect(answers.filter((answer) => answer.body.created)).toHaveLength(1)
  const { id } = await operator().untilActive(answers[0]!.body.tenant_id)
  expect((await webhook(told)).body).toEqual({ tenant_id: id, created: false })
})

test.each([
  ['an unknown plan', { plan: { tier: 'gold', billing_period: 'monthly' } }],
  ['an unknown region', { metadata: { region: 'moon' } }],
  ['a region that has no servers', { metadata: { region: 'apac' } }],
  ['a name that is none', { customer: { name: '!', email: 'client@example.com' } }],
  ['no address', { customer: { name: 'Client', email: 'nobody' } }],
])('a subscription with %s is refused and makes nothing', async (_, changes) => {
  const id = `sub_${randomBytes(6).toString('hex')}`
  expect(await webhook(subscription(id, changes))).toMatchObject({
    status: 422,
    body: { code: 'validation_failed' },
  })
  expect((await webhook(subscription(id))).body.created).toBe(true)
})

test('a domain belongs to one shop, reserved names to none', async () => {
  const subdomain = `own-${randomBytes(4).toString('hex')}`
  const make = (changes: object) =>
    operator().call('POST', '/platform/v1/tenants', { company_name: unique('Shop'), owner, ...changes })
  const first = await make({ subdomain })
  expect(first.status).toBe(202)
  expect(await make({ subdomain })).toMatchObject({ status: 409, body: { code: 'already_exists' } })
  expect(await make({ subdomain: 'admin' })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/subdomain' }] },
  })
  expect((await make({ subdomain: 'Not A Name' })).status).toBe(422)
  expect((await make({ currency: 'XXQ' })).status).toBe(422)
})

test('a repeated request with its key makes one shop', async () => {
  const body = { company_name: unique('Once'), owner }
  const key = { 'idempotency-key': randomBytes(8).toString('hex') }
  const first = await operator().call('POST', '/platform/v1/tenants', body, key)
  const again = await operator().call('POST', '/platform/v1/tenants', body, key)
  expect(again.body.id).toBe(first.body.id)
  await operator().untilActive(first.body.id)
  const { provisioning } = (await operator().call('GET', `/platform/v1/tenants/${first.body.id}`)).body
  expect(provisioning).toMatchObject({ status: 'done', attempts: 0 })
  expect(await leaseOf(first.body.id), 'the process that was asked has made it').toBe(1)
})

async function leaseOf(id: string): Promise<number> {
  const connection = await mysql.createConnection({ uri: inject('platform').databaseUrl })
  const [rows] = await connection.query('SELECT lease FROM platform_db.provisionings WHERE tenant_id = ?', [
    id,
  ])
  await connection.end()
  return (rows as { lease: number }[])[0]!.lease
}

describe('the owner of a shop', () => {
  const invite = (id: string) => operator().call('POST', `/platform/v1/tenants/${id}/owner-invitations`)
  const accept = (shop: Shop, token: string, password = PASSWORD) =>
    shop.visitor().post('/v1/auth/invitations/accept', { token, password })

  test('of a shop that the billing system ordered is invited, and can sell', async () => {
    const { body } = await webhook(subscription(`sub_${randomBytes(6).toString('hex')}`))
    const record = await operator().untilActive(body.tenant_id)
    const shop = new Shop(inject('platform'), record, { plan: 'standard', currency: 'EUR' })
    const invitation = await invite(shop.id)
    expect(invitation).toMatchObject({ status: 201, body: { domain: shop.domain } })
    expect(invitation.headers['cache-control']).toBe('no-store')
    const accepted = await accept(shop, invitation.body.token)
    expect(accepted.body.user).toMatchObject({ email: invitation.body.email, roles: ['super-admin'] })
    await shop.visitor().withToken(accepted.body.access_token).get('/v1/admin/orders', 200)
  })

  test('has one invitation at a time, of which nothing is kept; a new one also helps who lost the password', async () => {
    const shop = await newShop()
    const first = await invite(shop.id)
    const second = await invite(shop.id)
    expect((await accept(shop, first.body.token)).body.code).toBe('invitation_invalid')
    for (const service of ['auth', 'platform']) {
      expect(await holdersOf(shop, service, second.body.token)).toEqual([])
    }
    expect((await accept(shop, second.body.token)).status).toBe(200)
    const signedIn = await shop.signIn(owner.email)
    const third = await invite(shop.id)
    expect((await signedIn.get('/v1/auth/me')).status).toBe(200)
    expect((await accept(shop, third.body.token, 'tafel vogel ruisseau 7')).status).toBe(200)
    await until('the old session is refused', async () => (await signedIn.get('/v1/auth/me')).status === 401)
    expect((await shop.visitor().post('/v1/auth/login', { email: owner.email, password: PASSWORD })).status)
      .toBe(401)
  })

  test('is not to be invited by others than an operator, nor to a shop that is not there', async () => {
    const shop = await newShop()
    const path = `/platform/v1/tenants/${shop.id}/owner-invitations`
    expect((await webhookCaller().call('POST', path)).status).toBe(401)
    expect((await invite('no-such-shop-0a1b2c')).status).toBe(404)
    const made = await operator().call('POST', '/platform/v1/tenants', {
      company_name: unique('Shop'),
      owner,
    })
    expect([409, 201]).toContain((await invite(made.body.id)).status)
    await operator().untilActive(made.body.id)
    expect((await invite(made.body.id)).status).toBe(201)
  })
})

/** Tables of a database in which this text stands anywhere. */
async function holdersOf(shop: Shop, service: string, text: string): Promise<string[]> {
  const connection = await mysql.createConnection({
    uri: shop.on.databaseUrl,
    database: service === 'platform' ? PLATFORM_DATABASE : databaseName(shop.id, service),
  })
  const [tables] = await connection.query('show tables') as unknown as [Record<string, string>[]]
  const holders: string[] = []
  for (const table of tables.map((row) => Object.values(row)[0]!)) {
    const [rows] = await connection.query(`select * from \`${table}\``)
    if (JSON.stringify(rows).includes(text)) holders.push(table)
  }
  await connection.end()
  return holders
}

test('a shop that is suspended, in maintenance or closed answers so at the edge, and opens again', async () => {
  const shop = await newShop()
  const visitor = shop.visitor('edge')
  expect((await visitor.get('/v1/products')).status).toBe(200)
  const set = (status: string, reason: string | null = null) =>
    operator().call('POST', `/platform/v1/tenants/${shop.id}/status`, { status, reason })
  for (
    const [status, reason, answer] of [
      ['suspended', 'payment', 402],
      ['suspended', 'terms', 403],
      ['maintenance', null, 503],
      ['inactive', null, 404],
      ['active', null, 200],
    ] as const
  ) {
    expect((await set(status, reason)).status).toBe(200)
    await until(`the edge answers ${answer}`, async () => {
      const { status } = await send({
        url: inject('platform').edgeUrl,
        host: shop.domain,
        path: '/v1/products',
      })
      return status === answer
    })
  }
})

test('a shop that is deleted leaves no database and no domain, and its name is free', async () => {
  const name = unique('Gone')
  const shop = await newShop({ name })
  expect((await databasesOf(shop.id)).length).toBeGreaterThan(3)
  expect((await operator().call('DELETE', `/platform/v1/tenants/${shop.id}`)).status).toBe(202)
  await until('its databases are gone', async () => (await databasesOf(shop.id)).length === 0)
  await until(
    'it is forgotten',
    async () => (await operator().call('GET', `/platform/v1/tenants/${shop.id}`)).status === 404,
  )
  const again = await newShop({ name })
  expect(again.domain).toBe(shop.domain)
  expect((await operator().call('DELETE', '/platform/v1/tenants/nothing-000000')).status).toBe(404)
})

test('tenants are listed page by page', async () => {
  await Promise.all([newShop(), newShop()])
  const first = await operator().call('GET', '/platform/v1/tenants?limit=1')
  expect(first.body).toMatchObject({ has_more: true, data: [{ status: expect.any(String) }] })
  const next = await operator().call('GET', `/platform/v1/tenants?limit=1&cursor=${first.body.next_cursor}`)
  expect(next.body.data[0].id > first.body.data[0].id).toBe(true)
  expect((await operator().call('GET', '/platform/v1/tenants?cursor=made-up')).body.code).toBe(
    'invalid_cursor',
  )
})

describe('where a service is down', () => {
  const own = ownPlatform({ split: true })

  test('a shop that can’t be made is rolled back completely: no database, no domain, a record of why', {
    timeout: 120_000,
  }, async () => {
    await own.platform.regions.get('auth')!.child.kill('SIGKILL')
    const made = await operator(own.running).call('POST', '/platform/v1/tenants', {
      company_name: unique('Unlucky'),
      owner,
    })
    const failed = await until('it has failed', async () => {
      const { body } = await operator(own.running).call('GET', `/platform/v1/tenants/${made.body.id}`)
      return body.status === 'failed' && body
    }, 90_000)
    expect(failed).toMatchObject({ websites: [], provisioning: { status: 'failed', attempts: 3 } })
    expect(failed.provisioning.error).toBeTruthy()
    expect(await databasesOf(made.body.id, own.running)).toEqual([])
  })
})
