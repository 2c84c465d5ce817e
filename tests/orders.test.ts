import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { catalogueVersion } from './support/catalogue-version.ts'
import { checkout, newProduct, newPromoCode, placeOrder } from './support/selling.ts'
import { type Client, newShop, type Shop } from './support/shops.ts'
import { stockOf } from './support/stock.ts'
import { until } from './support/until.ts'

let shop: Shop
let owner: Client
let variant: string

beforeAll(async () => {
  shop = await newShop()
  owner = await shop.owner()
  variant = (await newProduct(owner, { stock: 1_000 })).variants[0].id
})

async function bought() {
  const customer = await shop.customer()
  const order = await placeOrder(customer, variant)
  return { customer, order, path: `/v1/orders/${order.id}`, staffPath: `/v1/admin/orders/${order.id}` }
}

const types = async (id: string) => {
  const rows = await shop.rows<{ envelope: string }>('orders', 'select envelope from outbox order by id')
  return rows.map((row) => JSON.parse(row.envelope)).filter((event) => event.subject === id).map((event) =>
    event.type
  )
}

describe('customers', () => {
  test('see their own orders, newest first, page by page', async () => {
    const customer = await shop.customer()
    const placed: string[] = []
    for (let i = 0; i < 3; i++) placed.unshift((await placeOrder(customer, variant)).id)
    const first = (await customer.get('/v1/orders?limit=2', 200)).body
    expect(first).toMatchObject({ has_more: true })
    const second = (await customer.get(`/v1/orders?limit=2&cursor=${first.next_cursor}`, 200)).body
    expect(second).toMatchObject({ has_more: false, next_cursor: null })
    expect([...first.data, ...second.data].map((each: { id: string }) => each.id)).toEqual(placed)
    expect((await customer.get('/v1/orders?cursor=bogus')).body.code).toBe('invalid_cursor')
  })

  test('see nothing of somebody else’s order, and cannot cancel it', async () => {
    const { path } = await bought()
    const stranger = await shop.customer()
    await stranger.get(path, 404)
    await stranger.post(`${path}/cancel`, {}, 404)
    expect((await stranger.get('/v1/orders', 200)).body.data).toEqual([])
  })

  test('do not reach the orders of the shop, though their role says orders.view', async () => {
    const { customer, order, staffPath } = await bought()
    expect(order.status).toBe('confirmed')
    for (const path of ['/v1/admin/orders', staffPath, '/v1/admin/order-statuses/statistics']) {
      expect((await customer.get(path)).body).toMatchObject({ status: 403, code: 'forbidden' })
    }
  })

  test('get what they hold back into stock by cancelling', async () => {
    const { variants: [scarce] } = await newProduct(owner, { stock: 5 })
    const customer = await shop.customer()
    const order = await placeOrder(customer, scarce.id, 2)
    await until('it is sold', async () => (await stockOf(shop, scarce.id)).stock === 3)
    const { body } = await customer.post(`/v1/orders/${order.id}/cancel`, { reason: 'too many' }, 200)
    expect(body).toMatchObject({
      status: 'cancelled',
      payment_status: 'voided',
      cancellation_reason: 'too many',
    })
    await until('it is back', async () => (await stockOf(shop, scarce.id)).stock === 5)
    expect((await customer.post(`/v1/orders/${order.id}/cancel`, {})).body.code).toBe('illegal_transition')
    expect(await types(order.id)).toEqual([
      'orders.order.created',
      'orders.order.confirmed',
      'orders.order.cancelled',
    ])
  })

  test('cannot cancel after 24 hours, nor what is being prepared', async () => {
    const late = await bought()
    await shop.rows(
      'orders',
      'update orders set placed_at = placed_at - interval 25 hour where order_number = ?',
      [late.order.order_number],
    )
    expect((await late.customer.post(`${late.path}/cancel`, {})).body).toMatchObject({
      status: 422,
      code: 'illegal_transition',
    })
    const busy = await bought()
    await owner.post(`${busy.staffPath}/status`, { status: 'processing' }, 200)
    expect((await busy.customer.post(`${busy.path}/cancel`, {})).body.code).toBe('illegal_transition')
  })
})

describe('staff', () => {
  test('move an order to its customer, step by step, each told and noted', async () => {
    const { order, staffPath } = await bought()
    for (const status of ['processing', 'shipped', 'delivered']) {
      expect((await owner.post(`${staffPath}/status`, { status, reason: `now ${status}` }, 200)).body.status)
        .toBe(status)
    }
    const { body } = await owner.get(staffPath, 200)
    expect(body.history.map((each: { from: string; to: string }) => [each.from, each.to])).toEqual([
      [null, 'pending'],
      ['pending', 'confirmed'],
      ['confirmed', 'processing'],
      ['processing', 'shipped'],
      ['shipped', 'delivered'],
    ])
    expect(body.history[2]).toMatchObject({ changed_by: owner.userId, reason: 'now processing' })
    expect(body.completed_at).not.toBeNull()
    expect((await types(order.id)).slice(2)).toEqual([
      ...Array(3).fill('orders.order.status_changed'),
      'orders.order.completed',
    ])
    const audits = await shop.rows(
      'orders',
      "select action from audit_log where target = ? and action = 'order.status_changed'",
      [order.id],
    )
    expect(audits).toHaveLength(3)
  })

  test('cannot leave the state machine', async () => {
    const { staffPath } = await bought()
    for (const status of ['pending', 'confirmed', 'shipped', 'delivered', 'cancelled', 'refunded']) {
      expect((await owner.post(`${staffPath}/status`, { status })).body, status).toMatchObject({
        status: 422,
        code: 'illegal_transition',
      })
    }
    await owner.post(`${staffPath}/cancel`, { reason: 'fraud' }, 200)
    expect((await owner.post(`${staffPath}/status`, { status: 'processing' })).body).toMatchObject({
      code: 'illegal_transition',
      allowed: [],
    })
    expect((await owner.post(`${staffPath}/cancel`, {})).body.code).toBe('illegal_transition')
  })

  test('moving one order twice at once moves it once', async () => {
    const { order, staffPath } = await bought()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => owner.post(`${staffPath}/status`, { status: 'processing' })),
    )
    expect(answers.filter((each) => each.status === 200)).toHaveLength(1)
    expect((await types(order.id)).filter((type) => type.endsWith('status_changed'))).toHaveLength(1)
  })

  test('capture and refund a payment, each once', async () => {
    const { order, staffPath } = await bought()
    expect((await owner.post(`${staffPath}/refund`, {})).body.code).toBe('illegal_transition')
    const paid = (await owner.post(`${staffPath}/capture`, undefined, 200)).body
    expect(paid).toMatchObject({
      status: 'confirmed',
      payment_status: 'paid',
      payments: [{ status: 'captured', amount: order.total.gross }],
    })
    expect((await owner.post(`${staffPath}/capture`)).body.code).toBe('illegal_transition')
    const refunded = (await owner.post(`${staffPath}/refund`, { reason: 'damaged' }, 200)).body
    expect(refunded).toMatchObject({
      status: 'refunded',
      payment_status: 'refunded',
      payments: [{ status: 'refunded' }],
    })
    expect((await owner.post(`${staffPath}/refund`, {})).body.code).toBe('illegal_transition')
    expect((await types(order.id)).slice(2)).toEqual(['orders.order.paid', 'orders.order.refunded'])
  })

  test('a paid order that is cancelled says that money is owed, and stays cancelled when it is given back', async () => {
    const { order, staffPath } = await bought()
    await owner.post(`${staffPath}/capture`, undefined, 200)
    expect((await owner.post(`${staffPath}/cancel`, {}, 200)).body).toMatchObject({
      status: 'cancelled',
      payment_status: 'paid',
    })
    const [event] = (await shop.rows<{ envelope: string }>(
      'orders',
      "select envelope from outbox where subject like '%order.cancelled'",
    ))
      .map((row) => JSON.parse(row.envelope)).filter((each) => each.subject === order.id)
    expect(event.data).toMatchObject({ refund_required: true, refund_amount: order.total.gross })
    expect((await owner.post(`${staffPath}/refund`, {}, 200)).body).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
    })
  })

  test('a whole refund before the order has left puts its stock and its codes back', async () => {
    const { variants: [scarce] } = await newProduct(owner, { stock: 5 })
    const { code } = await newPromoCode(owner, { usage_limit: 1 })
    const customer = await shop.customer()
    await customer.post('/v1/baskets/items', { variant_id: scarce.id, quantity: 2 }, 200)
    await customer.post('/v1/baskets/promo-codes', { code }, 200)
    const order = (await checkout(customer, {}, {}, 201)).body
    await until('it is sold', async () => (await stockOf(shop, scarce.id)).stock === 3)
    await owner.post(`/v1/admin/orders/${order.id}/capture`, undefined, 200)
    await owner.post(`/v1/admin/orders/${order.id}/refund`, {}, 200)
    await until('it is back', async () => (await stockOf(shop, scarce.id)).stock === 5)
    await until('the use is given back', async () => {
      const { body } = await owner.get(`/v1/admin/promo-codes?code=${code}`, 200)
      return body.data[0].usage_count === 0
    })
  })

  test('a refund in parts moves money alone until the last of it', async () => {
    const { order, staffPath } = await bought()
    const total = order.total.gross.amount
    await owner.post(`${staffPath}/capture`, undefined, 200)
    expect((await owner.post(`${staffPath}/refund`, { amount: total + 1 })).body).toMatchObject({
      status: 422,
      code: 'validation_failed',
    })
    const part = (await owner.post(`${staffPath}/refund`, { amount: 100 }, 200)).body
    expect(part).toMatchObject({
      status: 'confirmed',
      payment_status: 'partially_refunded',
      payments: [{ status: 'captured', refunded: { amount: 100 } }],
    })
    const whole = (await owner.post(`${staffPath}/refund`, {}, 200)).body
    expect(whole).toMatchObject({ status: 'refunded', payments: [{ refunded: { amount: total } }] })
    const refunds = (await shop.rows<{ envelope: string }>(
      'orders',
      "select envelope from outbox where subject like '%order.refunded' order by id",
    )).map((row) => JSON.parse(row.envelope)).filter((each) => each.subject === order.id)
    expect(refunds.map(({ data }) => [data.is_whole, data.stock, data.promo_codes])).toEqual([
      [false, 'kept', 'kept'],
      [true, 'given_back', 'given_back'],
    ])
    const sum = (side: 'net' | 'gross') =>
      refunds.reduce((all, { data }) => all + data.refund[side].amount, 0)
    expect([sum('net'), sum('gross')]).toEqual([order.total.net.amount, total])
  })

  test('what has left the house is not cancelled, and a refund of it puts nothing back', async () => {
    const { order, staffPath } = await bought()
    await owner.post(`${staffPath}/capture`, undefined, 200)
    for (const status of ['processing', 'shipped']) await owner.post(`${staffPath}/status`, { status }, 200)
    expect((await owner.post(`${staffPath}/cancel`, {})).body).toMatchObject({
      code: 'illegal_transition',
      allowed: ['delivered'],
    })
    expect((await owner.post(`${staffPath}/refund`, {}, 200)).body).toMatchObject({
      status: 'shipped',
      payment_status: 'refunded',
    })
    const [refund] = (await shop.rows<{ envelope: string }>(
      'orders',
      "select envelope from outbox where subject like '%order.refunded'",
    )).map((row) => JSON.parse(row.envelope)).filter((each) => each.subject === order.id)
    expect(refund.data).toMatchObject({ is_whole: true, stock: 'kept', promo_codes: 'kept' })
  })

  test('a capture and a refund repeated with their key happen once', async () => {
    const { staffPath } = await bought()
    const twice = async (path: string, body: unknown, key: string) => {
      const first = await owner.post(path, body, 200, { 'idempotency-key': key })
      const second = await owner.post(path, body, 200, { 'idempotency-key': key })
      expect(second.body).toEqual(first.body)
      return first.body
    }
    await twice(`${staffPath}/capture`, undefined, 'capture')
    const { payments } = await twice(`${staffPath}/refund`, { amount: 100 }, 'refund')
    expect(payments[0].refunded.amount).toBe(100)
  })

  test('find orders by status, customer, number, date and e-mail', async () => {
    const { customer, order } = await bought()
    const ids = async (query: string) =>
      (await owner.get(`/v1/admin/orders?${query}`, 200)).body.data.map((each: { id: string }) => each.id)
    const { body: { customer_email: email } } = {
      body: (await owner.get(`/v1/admin/orders?order_number=${order.order_number}`, 200)).body.data[0],
    }
    expect(await ids(`user_id=${customer.userId}`)).toEqual([order.id])
    expect(await ids(`user_id=${customer.userId}&status=delivered`)).toEqual([])
    expect(await ids(`q=${encodeURIComponent(email.slice(0, 10))}`)).toEqual([order.id])
    expect(await ids('q=%25')).toEqual([])
    expect(await ids(`user_id=${customer.userId}&placed_before=${order.placed_at}`)).toEqual([])
    expect(await ids(`user_id=${customer.userId}&placed_from=${order.placed_at}`)).toEqual([order.id])
  })

  test('notes need the version that was read', async () => {
    const { customer, path, staffPath } = await bought()
    const { headers } = await owner.get(staffPath, 200)
    await owner.patch(staffPath, { admin_notes: 'gift' }, 428)
    const changed = await owner.patch(staffPath, { admin_notes: 'gift' }, 200, { 'if-match': headers.etag })
    expect(changed.body.admin_notes).toBe('gift')
    await owner.patch(staffPath, { admin_notes: 'late' }, 412, { 'if-match': headers.etag })
    expect((await customer.get(path, 200)).text).not.toContain('gift')
  })

  test('only ended orders can be hidden, and the rows stay', async () => {
    const { customer, order, path, staffPath } = await bought()
    expect((await owner.delete(staffPath)).body.code).toBe('in_use')
    await owner.post(`${staffPath}/cancel`, {}, 200)
    await owner.delete(staffPath, 204)
    await owner.get(staffPath, 404)
    await customer.get(path, 404)
    expect(await shop.rows('orders', 'select 1 from orders where order_number = ?', [order.order_number]))
      .toHaveLength(1)
  })

  test('each role does what it may', async () => {
    const { staffPath } = await bought()
    const expected = {
      support: [200, 403, 403],
      merchant: [200, 403, 403],
      manager: [200, 200, 403],
      admin: [200, 422, 200],
    }
    for (const [role, statuses] of Object.entries(expected)) {
      const staff = await shop.staff(role)
      const answers = [
        await staff.get(staffPath),
        await staff.post(`${staffPath}/status`, { status: 'processing' }),
        await staff.post(`${staffPath}/cancel`, {}),
      ]
      expect(answers.map((each) => each.status), role).toEqual(statuses)
    }
  })
})

test('statuses are the state machine itself', async () => {
  const { body } = await shop.visitor().get('/v1/order-statuses', 200)
  expect(body.data[0]).toMatchObject({
    name: 'pending',
    transitions: ['confirmed', 'cancelled'],
    is_final: false,
  })
  expect((await shop.visitor().get('/v1/order-statuses/delivered', 200)).body).toMatchObject({
    is_final: true,
    is_cancellable: false,
  })
  await shop.visitor().get('/v1/order-statuses/nope', 404)
  const { body: statistics } = await owner.get('/v1/admin/order-statuses/statistics', 200)
  expect(statistics.data).toHaveLength(body.data.length)
})

test('shipping methods: seeded, changed by version, hidden, deleted', async () => {
  const listed = async () => (await shop.visitor().get('/v1/shipping-methods', 200)).body.data
  expect((await listed()).map((each: { code: string }) => each.code)).toEqual([
    'pickup',
    'standard',
    'express',
  ])
  expect((await listed())[1]).toMatchObject({
    price: { net: { amount: 490 }, gross: { amount: 588 } },
    min_days: 5,
    max_days: 7,
  })
  const method = {
    code: 'bike',
    name: 'By bicycle',
    price: 300,
    vat_rate: 2000,
    min_days: 0,
    max_days: 1,
  }
  const made = await owner.post('/v1/admin/shipping-methods', method, 201)
  expect((await owner.post('/v1/admin/shipping-methods', method)).body.code).toBe('already_exists')
  const path = '/v1/admin/shipping-methods/bike'
  const wrong = await owner.patch(path, { min_days: 9 }, 422, { 'if-match': made.headers.etag })
  expect(wrong.body.code).toBe('validation_failed')
  await owner.patch(path, { is_active: false }, 200, { 'if-match': made.headers.etag })
  await owner.patch(path, { is_active: true }, 412, { 'if-match': made.headers.etag })
  expect((await listed()).map((each: { code: string }) => each.code)).not.toContain('bike')
  await owner.delete(path, 204)
  await owner.delete(path, 404)
  await (await shop.staff('admin')).post('/v1/admin/shipping-methods', method, 403)
})

test('a cancelled order is not deleted while its money is still to be given back', async () => {
  const { staffPath } = await bought()
  await owner.post(`${staffPath}/capture`, undefined, 200)
  await owner.post(`${staffPath}/cancel`, {}, 200)
  expect((await owner.delete(staffPath)).body).toMatchObject({ code: 'in_use', payment_status: 'paid' })
  await owner.post(`${staffPath}/refund`, {}, 200)
  await owner.delete(staffPath, 204)
})

test('each change of a shipping method puts what the edge has kept out of reach, a refused one does not', async () => {
  const other = await newShop()
  const merchant = await other.owner()
  const path = '/v1/admin/shipping-methods/express'
  const before = await catalogueVersion(other)
  const { headers } = await merchant.get(path, 200)
  await merchant.patch(path, { price: 1_190 }, 200, { 'if-match': headers.etag })
  await merchant.patch(path, { price: 1_290 }, 412, { 'if-match': headers.etag })
  const { is_active: _, version: _version, price: _price, ...method } = (await merchant.get(path, 200)).body
  await merchant.delete(path, 204)
  await merchant.post('/v1/admin/shipping-methods', { ...method, price: 990 }, 201)
  const told = await other.rows(
    'orders',
    "select 1 from outbox where envelope like '%shipping_methods.changed%'",
  )
  expect(told).toHaveLength(3)
  await until('the version has moved on', async () => await catalogueVersion(other) === before + 3)
})

test('an order forgets who its customer was when the account is deleted', async () => {
  const { customer, order, staffPath } = await bought()
  await owner.delete(`/v1/admin/users/${customer.userId}`)
  const seen = await until('it is anonymous', async () => {
    const { body } = await owner.get(staffPath, 200)
    return body.customer.name === 'Deleted User' ? body : undefined
  })
  expect(seen).toMatchObject({
    customer: { phone: null },
    billing_address: { name: 'Deleted User', line1: '', city: '', country: 'FR' },
    total: order.total,
  })
  expect(JSON.stringify(seen)).not.toContain('Alice')
  const [event] = await shop.rows<{ envelope: string }>(
    'orders',
    "select envelope from outbox where subject like '%customer.anonymised'",
  )
  expect(JSON.parse(event!.envelope).data).toMatchObject({
    user_id: customer.userId,
    orders: 1,
    erased: expect.arrayContaining(['name', 'email', 'addresses', 'ip_address', 'user_agent']),
    kept: expect.arrayContaining(['amounts', 'country']),
  })
})

test('nothing that names the customer of a deleted account is left in any table but what was told in events', async () => {
  const mark = `m${randomBytes(5).toString('hex')}`
  const signedUp = await shop.customer(`${mark}@example.com`)
  const customer = signedUp.with({ 'x-client-ip': '203.0.113.78', 'user-agent': `Agent-${mark}` })
  const [kept, cancelled] = [await placeOrder(customer, variant), await placeOrder(customer, variant)]
  const note = { admin_notes: `rang at ${mark}` }
  const { headers } = await owner.get(`/v1/admin/orders/${kept.id}`, 200)
  await owner.patch(`/v1/admin/orders/${kept.id}`, note, 200, { 'if-match': headers.etag })
  const key = { 'idempotency-key': mark }
  await owner.post(`/v1/admin/orders/${kept.id}/capture`, undefined, 200, key)
  await owner.post(`/v1/admin/orders/${kept.id}/refund`, { amount: 1, reason: `for ${mark}` }, 200)
  await owner.post(`/v1/admin/orders/${cancelled.id}/cancel`, { reason: `moved to ${mark}` }, 200)
  const tables = await shop.rows<{ name: string }>(
    'orders',
    'select table_name as name from information_schema.tables where table_schema = database()',
  )
  const telling = async () => {
    const found: string[] = []
    for (const { name } of tables.filter((table) => table.name !== 'outbox')) {
      const text = JSON.stringify(await shop.rows('orders', `select * from \`${name}\``))
      if ([mark, '203.0.113.78'].some((each) => text.includes(each))) found.push(name)
    }
    return found.sort()
  }
  expect(await telling()).toEqual(
    ['audit_log', 'idempotency_keys', 'order_status_history', 'orders', 'payments'],
  )
  await owner.delete(`/v1/admin/users/${customer.userId}`, 204)
  await until('the orders are anonymous', async () => !(await telling()).includes('orders'))
  expect(await telling()).toEqual([])
  const entries = await shop.rows<{ action: string }>(
    'orders',
    `select action from audit_log where target in ('${kept.id}', '${cancelled.id}') order by id`,
  )
  expect(entries.map(({ action }) => action)).toEqual([
    'order.updated',
    'order.payment_captured',
    'order.payment_refunded',
    'order.cancelled',
  ])
})
