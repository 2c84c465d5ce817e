import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
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
  shop = await startOrders(inject('platform'))
})
afterAll(() => shop?.stop())

const shirt = newId('var')
const STOCK = 10
let key: string

beforeEach(() => {
  neighbours = shop.neighbours
  Object.assign(neighbours, { faults: {}, codes: [], basketId: newId('bask'), reservedForMs: 600_000 })
  neighbours.calls.length = 0
  neighbours.held.clear()
  neighbours.redeemed.clear()
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
  expect(
    (await shop.rows('select to_status from order_status_history where order_id = ? order by id', [row.id]))
      .map((each) => each.to_status),
  )
    .toEqual(['pending', 'confirmed'])
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
  expect(second.headers.get('idempotency-replayed')).toBe('true')
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
  expect((await order()).lease_until).not.toBeNull()
  pay({})
  await shop.recover()
  expect(await order()).toMatchObject({ payment_status: 'voided', lease_until: null })
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
