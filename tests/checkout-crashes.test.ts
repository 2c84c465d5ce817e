import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { providers } from '../services/orders/payments/ask.ts'
import { manual } from '../services/orders/payments/manual.ts'
import type { PaymentProvider } from '../services/orders/payments/provider.ts'
import { Problem } from '../shared/errors/problem.ts'
import { idFromBytes, idToBytes, newId } from '../shared/kernel/id.ts'
import { Neighbours, newOrder, startOrders, TOTAL } from './support/checkout-parts.ts'
import { until } from './support/until.ts'

/**
 * The promise of the checkout, with the power cut between any two steps: an order that was answered is there once and
 * holds its stock; stock that no order holds is free; whoever asks again gets the one order there is.
 */
let shop: Awaited<ReturnType<typeof startOrders>>
let neighbours: Neighbours
let money: string[]

beforeAll(async () => {
  shop = await startOrders()
})
afterAll(() => shop?.stop())

const shirt = newId('var')
const STOCK = 10
let key: string

beforeEach(() => {
  neighbours = shop.neighbours
  Object.assign(neighbours, {
    faults: {},
    codes: [],
    refused: [],
    basketId: newId('bask'),
    reservedForMs: 600_000,
  })
  neighbours.calls.length = 0
  neighbours.held.clear()
  neighbours.redeemed.clear()
  neighbours.converted.clear()
  neighbours.stock.set(shirt, STOCK)
  neighbours.lines = [{ variant: shirt, quantity: 2 }]
  key = newId('key')
  money = []
  pay({})
})
afterEach(() => void (providers.manual = manual))

/** Watches what the provider is told; a step given here takes the place of its own. */
function pay(steps: Partial<PaymentProvider>): void {
  const provider = { ...manual, ...steps }
  type Step = Exclude<keyof PaymentProvider, 'isByHand'>
  const watched = (step: Step) => (request: Parameters<PaymentProvider['authorize']>[0]) => {
    money.push(`${step} ${request.key}`)
    return provider[step](request) as Promise<never>
  }
  providers.manual = {
    isByHand: provider.isByHand,
    authorize: watched('authorize'),
    capture: watched('capture'),
    void: watched('void'),
    refund: watched('refund'),
  }
}

const never = () => new Promise<never>(() => {})
/** A code takes 1.00 off, without VAT. */
const place = () =>
  shop.post('/v1/orders', { ...newOrder, expected_total: TOTAL - 120 * neighbours.codes.length }, key)
const order = async () => {
  const found = await shop.rows('select *, hex(id) as hex from orders where hex(basket_id) = ?', [
    hexOf(neighbours.basketId),
  ])
  expect(found.length).toBeLessThanOrEqual(1)
  return found[0]
}
const hexOf = (id: string) => Buffer.from(idToBytes(id.split('_')[0]!, id)).toString('hex').toUpperCase()
const events = async (hex: string) => {
  const rows = await shop.rows('select subject, envelope from outbox order by id')
  return rows.filter((row) => hexOf(JSON.parse(row.envelope).subject) === hex).map((row) =>
    row.subject.split('.').slice(-2).join('.')
  )
}

/** Cuts the power: the request never gets an answer, its process does nothing more. */
async function crash(isThere: () => unknown): Promise<void> {
  void place().catch(() => {})
  await until('the process has come to the step', () => Promise.resolve(isThere()))
}

async function expectConfirmedOnce(): Promise<void> {
  const row = await order()
  expect(row).toMatchObject({ status: 'confirmed', payment_status: 'authorized', lease_until: null })
  expect(await events(row.hex)).toEqual(['order.created', 'order.confirmed'])
  expect(neighbours.held.size).toBe(1)
  expect(neighbours.stock.get(shirt)).toBe(STOCK - 2)
  expect(new Set(money.filter((each) => each.startsWith('authorize'))).size).toBe(1)
  expect((await shop.rows('select status from payments where order_id = ?', [row.id]))[0].status).toBe(
    'authorized',
  )
}

async function expectCancelled(): Promise<void> {
  const row = await order()
  expect(row).toMatchObject({ status: 'cancelled', placed_basket_id: null, lease_until: null })
  expect(await events(row.hex)).toEqual(['order.created', 'order.cancelled'])
  expect(neighbours.stock.get(shirt)).toBe(STOCK)
  expect(neighbours.held.size + neighbours.redeemed.size).toBe(0)
}

test('an undisturbed checkout answers the confirmed order, and its repetition the same', async () => {
  const first = await place()
  expect(first).toMatchObject({
    status: 201,
    body: { status: 'confirmed', total: { gross: { amount: TOTAL, currency: 'EUR' } } },
  })
  const second = await place()
  expect(second.body).toEqual(first.body)
  expect(second.headers['idempotency-replayed']).toBe('true')
  await expectConfirmedOnce()
})

test('killed before the order is stored: nothing has happened', async () => {
  neighbours.faults.read = never
  await crash(() => neighbours.calls.includes('read'))
  await shop.recover()
  expect(await order()).toBeUndefined()
  expect(neighbours.stock.get(shirt)).toBe(STOCK)
})

for (const step of ['redeem', 'reserve'] as const) {
  for (const when of ['before', 'after'] as const) {
    test(`killed ${when} ${step} took effect: recovery confirms the order once`, async () => {
      neighbours.codes = [newId('promo')]
      neighbours.faults[step] = (effect) => (when === 'after' && effect(), never())
      await crash(() => neighbours.calls.includes(step))
      neighbours.faults = {}
      await shop.recover()
      await expectConfirmedOnce()
      expect(neighbours.redeemed.size).toBe(1)
    })
  }

  test(`${step} fails for a while: the answer says so, and the same key ends in the same order`, async () => {
    neighbours.codes = [newId('promo')]
    neighbours.faults[step] = () => Promise.reject(new Error('down'))
    expect((await place()).status).toBe(502)
    expect(await order()).toMatchObject({ status: 'pending' })
    neighbours.faults = {}
    expect(await place()).toMatchObject({ status: 201, body: { status: 'confirmed' } })
    await expectConfirmedOnce()
  })
}

test('killed while the payment is being authorised: the provider is asked again with the same key', async () => {
  pay({ authorize: never })
  await crash(() => money.length > 0)
  pay({})
  await shop.recover()
  await expectConfirmedOnce()
})

test('killed after the order was confirmed, before the answer: the repetition gets the order', async () => {
  expect((await place()).status).toBe(201)
  await shop.rows(
    'update idempotency_keys set status = null, headers = null, body = null, locked_until = now(3) - interval 1 hour',
  )
  neighbours.faults.read = () => Promise.resolve({ basket: null })
  expect(await place()).toMatchObject({ status: 201, body: { status: 'confirmed' } })
  await expectConfirmedOnce()
})

test('out of stock: cancelled, 409 with the lines, and the repetition is refused alike', async () => {
  neighbours.stock.set(shirt, 1)
  const refused = await place()
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'out_of_stock', lines: [{ variant_id: shirt }] },
  })
  neighbours.stock.set(shirt, STOCK)
  await shop.rows('update idempotency_keys set status = null, locked_until = now(3) - interval 1 hour')
  expect(await place()).toMatchObject({
    status: 409,
    body: { code: 'out_of_stock', lines: [{ variant_id: shirt }] },
  })
  await expectCancelled()
  expect(money).toEqual([])
})

test('payment refused: 402, stock and codes are free at once', async () => {
  neighbours.codes = [newId('promo')]
  pay({ authorize: () => Promise.resolve({ status: 'refused', reason: 'insufficient funds' }) })
  expect(await place()).toMatchObject({
    status: 402,
    body: { code: 'payment_refused', detail: 'insufficient funds' },
  })
  await expectCancelled()
  expect(await order()).toMatchObject({ payment_status: 'failed' })
})

test('killed after a refusal was decided, before anything was given back: the basket can be ordered again', async () => {
  neighbours.faults.release = never
  pay({ authorize: () => Promise.resolve({ status: 'refused', reason: 'no' }) })
  await crash(() => neighbours.calls.includes('release'))
  expect((await order()).status).toBe('cancelled')
  expect(await events((await order()).hex)).toContain('order.cancelled')
  neighbours.faults = {}
  pay({})
  expect((await shop.post('/v1/orders', newOrder)).status).toBe(201)
})

test('an owner that slept through its lease can neither confirm nor cancel what another took over', async () => {
  let wake = (_: Awaited<ReturnType<PaymentProvider['authorize']>>) => {}
  pay({ authorize: () => new Promise((resolve) => wake = resolve) })
  const sleeper = place()
  await until('the payment is asked for', () => Promise.resolve(money.length === 1))
  pay({})
  await shop.recover()
  wake({ status: 'refused', reason: 'late' })
  expect(await sleeper).toMatchObject({ status: 201, body: { status: 'confirmed' } })
  await expectConfirmedOnce()
})

test('a reservation that has run out confirms nothing', async () => {
  neighbours.reservedForMs = 1_000
  expect(await place()).toMatchObject({ status: 409, body: { code: 'conflict' } })
  await expectCancelled()
  expect(money.map((each) => each.split(' ')[0])).toEqual(['authorize', 'void'])
})

test('cancelled by the customer while the payment was being authorised: the authorisation is given up', async () => {
  let wake = () => {}
  pay({
    authorize: () => new Promise((resolve) => wake = () => resolve({ status: 'authorized', reference: 'r' })),
  })
  const placing = place()
  await until('the payment is asked for', () => Promise.resolve(money.length === 1))
  const id = idFromBytes('ord', (await order()).id)
  const cancelled = await shop.post(`/v1/orders/${id}/cancel`, {})
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } })
  wake()
  expect((await placing).status).toBe(409)
  expect(money.map((each) => each.split(' ')[0])).toEqual(['authorize', 'void'])
  expect(await order()).toMatchObject({ status: 'cancelled', payment_status: 'voided', lease_until: null })
})

test('a void that fails is tried again', async () => {
  const { body } = await place()
  pay({ void: () => Promise.reject(new Problem('upstream_failed')) })
  expect((await shop.post(`/v1/orders/${body.id}/cancel`, {})).status).toBe(200)
  expect((await state(body.id)).due_at).not.toBeNull()
  pay({})
  await shop.recover()
  expect(await state(body.id)).toMatchObject({ payment: 'voided', payment_status: 'voided', due_at: null })
})

test('a checkout that could not be finished for a quarter of an hour is given up', async () => {
  neighbours.faults.reserve = () => Promise.reject(new Error('down'))
  expect((await place()).status).toBe(502)
  await shop.rows("update orders set placed_at = placed_at - interval 16 minute where status = 'pending'")
  await shop.recover()
  await expectCancelled()
  expect(await place()).toMatchObject({ status: 409, body: { code: 'conflict' } })
})

test('several processes recover at once: one order, confirmed once', async () => {
  neighbours.faults.reserve = never
  await crash(() => neighbours.calls.includes('reserve'))
  neighbours.faults = {}
  await Promise.all([shop.recover(), shop.recover(), shop.recover(), shop.recover()])
  await expectConfirmedOnce()
})

test('ten requests with one key at once make one order', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, place))
  expect(answers.filter((each) => each.status === 201).length).toBeGreaterThanOrEqual(1)
  for (const each of answers.filter((one) => one.status !== 201)) {
    expect(each.body.code).toBe('request_in_progress')
  }
  await expectConfirmedOnce()
})

test('ten requests without a key order one basket once', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => shop.post('/v1/orders', newOrder)))
  expect(answers.map((each) => each.status).sort()).toEqual([201, ...Array(9).fill(409)])
  expect(answers.filter((each) => each.status === 409).map((each) => each.body.code)).toEqual(
    Array(9).fill('basket_already_ordered'),
  )
  await expectConfirmedOnce()
})

test('an order that comes to something else than was shown is refused, with the new totals', async () => {
  const shown = { ...newOrder, expected_total: TOTAL - 1 }
  expect(await shop.post('/v1/orders', shown)).toMatchObject({
    status: 409,
    body: { code: 'basket_changed', expected_total: TOTAL, totals: { total: { gross: { amount: TOTAL } } } },
  })
  expect(await order()).toBeUndefined()
  expect(money).toEqual([])
})

test('a code that holds no longer is a refusal, never dropped', async () => {
  neighbours.refused = [{ promo_code_id: newId('promo'), code: 'GONE', reason: 'not_valid' }]
  for (const path of ['/v1/orders', '/v1/orders/quote']) {
    expect(await shop.post(path, path.endsWith('quote') ? {} : newOrder)).toMatchObject({
      status: 422,
      body: { code: 'promo_code_refused', promo_codes: neighbours.refused },
    })
  }
  expect(await order()).toBeUndefined()
})

test('the quote is what the order comes to', async () => {
  neighbours.codes = [newId('promo')]
  const quote = await shop.post('/v1/orders/quote', { shipping_method: 'standard' })
  expect(quote).toMatchObject({ status: 200, body: { expected_total: TOTAL - 120 } })
  expect(quote.body.shipping_methods.map((each: { code: string }) => each.code)).toEqual([
    'pickup',
    'standard',
    'express',
  ])
  const placed = await shop.post('/v1/orders', { ...newOrder, expected_total: quote.body.expected_total })
  expect(placed.status).toBe(201)
  expect(placed.body.totals).toEqual(quote.body.totals)
})

test('a confirmed order closes its basket before it is answered', async () => {
  const placed = await place()
  expect(placed.status).toBe(201)
  expect([...neighbours.converted]).toEqual([placed.body.id])
})

test('where closing the basket failed, the next order closes it and waits for no event', async () => {
  neighbours.faults.convert = () => Promise.reject(new Error('down'))
  expect((await place()).status).toBe(201)
  const next = newId('bask')
  neighbours.faults.convert = (effect) => {
    neighbours.basketId = next
    return Promise.resolve(effect())
  }
  expect((await shop.post('/v1/orders', newOrder)).status).toBe(201)
  expect(neighbours.converted.size).toBe(2)
})

test('an authorisation that comes after everything was given up is given up, too', async () => {
  let wake = () => {}
  pay({
    authorize: () =>
      new Promise((resolve) => wake = () => resolve({ status: 'authorized', reference: 'late' })),
  })
  const placing = place()
  await until('the payment is asked for', () => Promise.resolve(money.length === 1))
  const id = idFromBytes('ord', (await order()).id)
  expect((await shop.post(`/v1/orders/${id}/cancel`, {})).status).toBe(200)
  await shop.recover()
  expect((await order()).payment_status).toBe('voided')
  wake()
  expect((await placing).status).toBe(409)
  const voids = money.filter((each) => each.startsWith('void'))
  expect(new Set(voids).size).toBe(2)
  expect((await shop.rows('select status, due_at from payments where order_id = ?', [(await order()).id]))[0])
    .toEqual({ status: 'voided', due_at: null })
})

test('an authorisation that comes while the provider is asked to give up is given up under a key of its own', async () => {
  let authorized = () => {}
  let isAsked = false
  let gaveUp = () => {}
  pay({
    authorize: () =>
      new Promise((resolve) => authorized = () => resolve({ status: 'authorized', reference: 'late' })),
    void: () => {
      if (isAsked) return Promise.resolve()
      isAsked = true
      return new Promise((resolve) => gaveUp = resolve)
    },
  })
  const placing = place()
  await until('the payment is asked for', () => Promise.resolve(money.length === 1))
  const id = idFromBytes('ord', (await order()).id)
  expect((await shop.post(`/v1/orders/${id}/cancel`, {})).status).toBe(200)
  const recovering = shop.recover()
  await until('the provider is asked to give up', () => Promise.resolve(isAsked))
  authorized()
  expect((await placing).status).toBe(409)
  gaveUp()
  await recovering
  expect(new Set(money.filter((each) => each.startsWith('void'))).size).toBe(2)
  expect(await state(id)).toMatchObject({ payment: 'voided', payment_status: 'voided', due_at: null })
})

const state = async (id: string) => {
  const [row] = await shop.rows(
    `select o.status, o.payment_status, p.status payment, p.refunded_amount, p.amount, p.due_at
    from orders o join payments p on p.order_id = o.id where o.id = ?`,
    [Buffer.from(idToBytes('ord', id))],
  )
  return row
}

for (const isByHand of [true, false]) {
  test(`capture, cancel and refund at once, 20 times: money taken is never called given up (by hand: ${isByHand})`, async () => {
    neighbours.stock.set(shirt, 1_000)
    for (let round = 0; round < 20; round++) {
      Object.assign(neighbours, { basketId: newId('bask') })
      money = []
      pay({
        isByHand,
        capture: async ({ key }) => {
          await new Promise((resolve) => setTimeout(resolve, round % 4))
          return { reference: key }
        },
      })
      const { body } = await shop.post('/v1/orders', newOrder)
      const path = `/v1/admin/orders/${body.id}`
      const answers = await Promise.all([
        shop.post(`${path}/capture`, undefined, newId('key')),
        shop.post(`${path}/cancel`, {}, newId('key')),
        shop.post(`${path}/refund`, {}, newId('key')),
      ])
      expect(answers.filter((each) => each.status >= 500)).toEqual([])
      const { status, payment, amount, refunded_amount, due_at } = await state(body.id)
      const asked = (step: string) => money.filter((each) => each.startsWith(step)).length
      expect(['cancelled', 'refunded']).toContain(status)
      expect(due_at).toBeNull()
      expect([payment, asked('capture') > 0]).toEqual([payment, payment !== 'voided'])
      expect(asked('capture') > 0 && asked('void') > 0).toBe(false)
      if (payment === 'refunded') expect(refunded_amount).toBe(amount)
      if (payment === 'captured') {
        expect(isByHand).toBe(true)
        expect((await shop.post(`${path}/refund`, {})).status).toBe(200)
      }
    }
  })
}

test('a capture whose answer got lost is asked for again under its key, and its money noted once', async () => {
  pay({ isByHand: false, capture: () => Promise.reject(new Error('no answer')) })
  const { body } = await place()
  expect((await shop.post(`/v1/admin/orders/${body.id}/capture`, undefined)).status).toBe(502)
  expect(await state(body.id)).toMatchObject({ payment: 'capturing', payment_status: 'authorized' })
  expect((await shop.post(`/v1/admin/orders/${body.id}/cancel`, {})).status).toBe(200)
  pay({ isByHand: false })
  await shop.recover()
  expect(new Set(money.filter((each) => each.startsWith('capture'))).size).toBe(1)
  expect(await state(body.id)).toMatchObject({
    status: 'cancelled',
    payment: 'refunded',
    payment_status: 'refunded',
    due_at: null,
  })
})

test('an order that is cancelled while a part of its money goes back is given back the rest as well', async () => {
  let refunded = () => {}
  const first = new Promise<void>((resolve) => refunded = resolve)
  pay({
    isByHand: false,
    refund: async ({ key, amount }) => {
      if (amount.amount === 100) await first
      return { reference: key }
    },
  })
  const { body } = await place()
  const path = `/v1/admin/orders/${body.id}`
  expect((await shop.post(`${path}/capture`, undefined)).status).toBe(200)
  const refunding = shop.post(`${path}/refund`, { amount: 100 })
  await until(
    'the refund is asked for',
    () => Promise.resolve(money.some((each) => each.startsWith('refund'))),
  )
  expect((await shop.post(`${path}/cancel`, {})).status).toBe(200)
  const [cancelled] = await shop.rows(
    "select envelope from outbox where envelope like '%orders.order.cancelled%' order by id desc limit 1",
  )
  expect(JSON.parse(cancelled!.envelope).data).toMatchObject({
    refund_required: true,
    refund_amount: { amount: TOTAL - 100 },
  })
  refunded()
  expect((await refunding).status).toBe(200)
  const { amount, ...rest } = await state(body.id)
  expect(rest).toMatchObject({
    status: 'cancelled',
    payment: 'refunded',
    refunded_amount: amount,
    due_at: null,
  })
})

test('a provider that does not answer holds up nobody else’s order', async () => {
  pay({ void: () => never() })
  const { body } = await place()
  void shop.post(`/v1/orders/${body.id}/cancel`, {}).catch(() => {})
  await until('the void is asked for', () => Promise.resolve(money.some((each) => each.startsWith('void'))))
  Object.assign(neighbours, { basketId: newId('bask') })
  neighbours.faults.reserve = never
  key = newId('key')
  await crash(() => neighbours.calls.filter((each) => each === 'reserve').length > 1)
  neighbours.faults = {}
  void shop.recover()
  await until('the other order is confirmed', async () => (await order()).status === 'confirmed')
})
