import { afterAll, beforeAll, expect, test } from 'vitest'
import { abandonIdle, nextIdle } from '../services/baskets/operations/baskets/abandon-idle.ts'
import { cleanUp } from '../services/baskets/operations/baskets/clean-up.ts'
import { convert, convertAndTell } from '../services/baskets/operations/baskets/convert.ts'
import { forgetUser } from '../services/baskets/operations/baskets/forget-user.ts'
import { readForCheckout } from '../services/baskets/operations/baskets/read-for-checkout.ts'
import { redeem } from '../services/baskets/operations/promo-codes/redeem.ts'
import { unredeem } from '../services/baskets/operations/promo-codes/unredeem.ts'
import { type Id, idToBytes, newId } from '../shared/kernel/id.ts'
import { type Shopper, startBaskets } from './support/basket-parts.ts'

let shop: Awaited<ReturnType<typeof startBaskets>>
let staff: Shopper

beforeAll(async () => {
  shop = await startBaskets()
  staff = await shop.staff()
})
afterAll(() => shop?.stop())

const bytes = (id: string) => Buffer.from(idToBytes(id.split('_')[0]!, id))
const eur = (amount: number) => ({ amount, currency: 'EUR' })
const quantities = (basket: { lines: { quantity: number }[] }) => basket.lines.map((line) => line.quantity)
const kinds = (basket: { notices: { kind: string }[] }) => basket.notices.map((notice) => notice.kind)

let count = 0
async function newCode(terms: Record<string, unknown> = {}) {
  const code = `CODE-${++count}`
  return await staff.call('POST', '/admin/promo-codes', {
    name: code,
    code,
    kind: 'percentage',
    value: 1_000,
    ...terms,
  }, 201)
}

test('looking makes no basket; the first thing put in does, for a guest with a token', async () => {
  const guest = shop.visitor()
  expect(await guest.basket()).toMatchObject({
    id: null,
    version: 0,
    lines: [],
    totals: { total: { net: eur(0), gross: eur(0) } },
  })
  expect(guest.token).toBeUndefined()
  const basket = await guest.add(shop.shelf.add(), 2)
  expect(guest.token).toMatch(/^[\w-]{43}$/)
  expect(await guest.basket()).toEqual(basket)
  expect(basket).toMatchObject({
    version: 1,
    item_count: 2,
    totals: {
      subtotal: { net: eur(2_000) },
      vat: eur(400),
      total: { net: eur(2_000), gross: eur(2_400) },
    },
  })
})

test('a basket opens to its token alone, and never by a token once it is an account’s', async () => {
  const guest = shop.visitor()
  const { id } = await guest.add(shop.shelf.add())
  const other = shop.visitor()
  other.token = 'A'.repeat(43)
  expect((await other.basket()).id).toBeNull()
  expect((await other.add(shop.shelf.add())).id).not.toBe(id)
  expect(other.token).not.toBe('A'.repeat(43))
  const alice = await shop.customer()
  alice.token = guest.token
  expect((await alice.basket()).id).toBeNull()
  expect((await alice.call('POST', '/baskets/current/merge')).id).toBe(id)
  expect((await guest.basket()).id).toBeNull()
})

test('the same variant makes one line; the price is the catalogue’s', async () => {
  const alice = await shop.customer()
  const shirt = shop.shelf.add({ price: 1_999 })
  await alice.add(shirt, 2)
  const basket = await alice.add(shirt, 3)
  expect(quantities(basket)).toEqual([5])
  expect(basket.totals.subtotal.net).toEqual(eur(5 * 1_999))
  const forged = { variant_id: shirt.variant_id, quantity: 1, unit_price: 1 }
  await alice.call('POST', '/baskets/items', forged, 422)
  await alice.add(shirt, 95, 422)
  const [created] = (await shop.events('baskets.item.added')).filter((data) => data.user_id === alice.userId)
  expect(created).toMatchObject({
    quantity: 2,
    unit_price: { net: eur(1_999) },
    subtotal: { net: eur(3_998) },
    new_subtotal: { net: eur(3_998) },
  })
})

test('what cannot be bought is refused', async () => {
  const alice = await shop.customer()
  expect((await alice.add({ variant_id: newId('var') }, 1, 422)).code).toBe('not_purchasable')
  expect((await alice.add(shop.shelf.add({ price: null }), 1, 422)).code).toBe('not_purchasable')
  const few = shop.shelf.add({ available: 2 })
  expect((await alice.add(few, 3, 409)).lines).toEqual([{
    variant_id: few.variant_id,
    wanted: 3,
    available: 2,
  }])
  expect((await alice.basket()).id).toBeNull()
})

test('a line can be changed and taken out, only by its owner', async () => {
  const [alice, bob] = [await shop.customer(), await shop.customer()]
  await bob.add(shop.shelf.add())
  const { lines: [line] } = await alice.add(shop.shelf.add(), 5)
  await bob.call('PUT', `/baskets/items/${line.id}`, { quantity: 1 }, 404)
  await bob.call('DELETE', `/baskets/items/${line.id}`, undefined, 404)
  await shop.visitor().call('DELETE', `/baskets/items/${line.id}`, undefined, 404)
  expect(quantities(await alice.call('PUT', `/baskets/items/${line.id}`, { quantity: 2 }))).toEqual([2])
  expect((await alice.call('DELETE', `/baskets/items/${line.id}`)).lines).toEqual([])
  const removed = (await shop.events('baskets.item.removed')).filter((data) => data.user_id === alice.userId)
  expect(removed.map(({ quantity, reason }) => [quantity, reason])).toEqual([[3, 'quantity_changed'], [
    2,
    'removed',
  ]])
})

test('clearing takes lines and codes; a basket that is empty stays as it is', async () => {
  const alice = await shop.customer()
  const { code } = await newCode()
  await alice.add(shop.shelf.add())
  await alice.apply(code)
  const cleared = await alice.call('DELETE', '/baskets/current')
  expect(cleared).toMatchObject({ lines: [], promo_codes: [], version: 3 })
  expect((await alice.call('DELETE', '/baskets/current')).version).toBe(3)
  expect((await (await shop.customer()).call('DELETE', '/baskets/current')).id).toBeNull()
})

test('a repeated request with its key adds once, even when its first answer was lost', async () => {
  const guest = shop.visitor()
  const shirt = shop.shelf.add()
  await guest.add(shirt, 1)
  const key = newId('key')
  const first = await guest.add(shirt, 2, 200, { 'idempotency-key': key })
  expect(await guest.add(shirt, 2, 200, { 'idempotency-key': key })).toEqual(first)
  // The process stopped between the commit and keeping the answer.
  await shop.rows(
    'update idempotency_keys set status = null, body = null, locked_until = now() - interval 1 hour',
  )
  expect(quantities(await guest.add(shirt, 2, 200, { 'idempotency-key': key }))).toEqual([3])
})

test.each(['null', 'undefined', '', 'A'.repeat(42)])(
  'guests whose client sends %j for a token share no basket, with one key and body neither',
  async (token) => {
    const shirt = shop.shelf.add()
    const headers = { 'idempotency-key': newId('key'), 'basket-token': token }
    const [alice, bob] = [shop.visitor(), shop.visitor()]
    const hers = await alice.add(shirt, 2, 200, headers)
    const his = await bob.add(shirt, 2, 200, headers)
    expect(his.id).not.toBe(hers.id)
    expect(alice.token).toMatch(/^[\w-]{43}$/)
    expect(bob.token).not.toBe(alice.token)
  },
)

test('a guest whose token opens nothing any more gets a new one with each answer, a repeated one too', async () => {
  const [shirt, headers] = [shop.shelf.add(), { 'idempotency-key': newId('key') }]
  const answers = []
  for (const _ of [1, 2]) {
    const guest = shop.visitor()
    guest.token = 'A'.repeat(43)
    const basket = await guest.add(shirt, 2, 200, headers)
    expect(await guest.basket(), 'the token that it got opens it').toEqual(basket)
    answers.push(guest.token)
  }
  expect(new Set(answers).size).toBe(2)
  expect(answers).not.toContain('A'.repeat(43))
})

test('many at once lose nothing: one variant, different ones, and the very first', async () => {
  const alice = await shop.customer()
  const shirt = shop.shelf.add()
  await Promise.all(Array.from({ length: 20 }, () => alice.add(shirt, 1)))
  await Promise.all(Array.from({ length: 12 }, () => alice.add(shop.shelf.add(), 2)))
  const basket = await alice.basket()
  expect(basket.item_count).toBe(20 + 24)
  expect(basket.version).toBe(32)
  const [{ found }] = await shop.rows('select count(*) as found from baskets where user_id = ?', [
    bytes(alice.userId),
  ])
  expect(found).toBe(1)
})

test('50 lines of the region’s catalogue cost one quote', async () => {
  const alice = await shop.customer()
  for (let i = 0; i < 50; i++) await alice.add(shop.shelf.add())
  expect((await alice.add(shop.shelf.add(), 1, 409)).code).toBe('conflict')
  const before = shop.shelf.quotes
  expect((await alice.basket()).lines).toHaveLength(50)
  expect(shop.shelf.quotes - before).toBe(1)
})

test('a shopper is told what changed meanwhile, and pays the price of now', async () => {
  const alice = await shop.customer()
  const [dearer, fewer, gone] = [shop.shelf.add(), shop.shelf.add(), shop.shelf.add({ name: 'Gone' })]
  for (const each of [dearer, fewer, gone]) await alice.add(each, 3)
  dearer.price = 1_200
  fewer.available = 1
  shop.shelf.variants.delete(gone.variant_id)
  const basket = await alice.basket()
  expect(kinds(basket)).toEqual(['price_changed', 'quantity_reduced', 'unavailable'])
  expect(basket.notices[0]).toMatchObject({ from: 1_000, to: 1_200 })
  expect(basket.notices[1]).toMatchObject({ from: 3, to: 1 })
  expect(basket.totals.subtotal.net).toEqual(eur(3 * 1_200 + 1_000))
  expect(basket.lines[2]).toMatchObject({ name: 'Gone', unit_price: null, purchasable_quantity: 0 })
  const seen = await staff.call('GET', `/admin/baskets/${basket.id}`)
  expect(seen.lines.map((line: { is_available: boolean }) => line.is_available)).toEqual([true, true, false])
})

test('2 × 50 + 30 + 3 × 15 with 10 % and 15 off is 142.50, with VAT rounded by line', async () => {
  const alice = await shop.customer()
  for (const [price, quantity] of [[5_000, 2], [3_000, 1], [1_500, 3]] as const) {
    await alice.add(shop.shelf.add({ price }), quantity)
  }
  const percent = await newCode({ is_stackable: true })
  const fixed = await newCode({ kind: 'fixed', value: 1_500, is_stackable: true })
  await alice.apply(percent.code.toLowerCase())
  const basket = await alice.apply(fixed.code)
  expect(basket.promo_codes.map((each: { discount: { net: unknown } }) => each.discount.net)).toEqual([
    eur(1_750),
    eur(1_500),
  ])
  expect(basket.totals).toMatchObject({
    subtotal: { net: eur(17_500) },
    discount: { net: eur(3_250) },
    vat: eur(2_851),
    total: { net: eur(14_250), gross: eur(17_101) },
  })
  expect((await alice.apply(fixed.code, 422)).code).toBe('promo_code_refused')
  await alice.apply((await newCode()).code, 422)
  expect((await alice.call('DELETE', `/baskets/promo-codes/${percent.id}`)).totals.discount.net).toEqual(
    eur(1_500),
  )
  await alice.call('DELETE', `/baskets/promo-codes/${percent.id}`, undefined, 404)
  const applied = (await shop.events('baskets.promo_code.applied')).filter((data) =>
    data.user_id === alice.userId
  )
  expect(applied.map((data) => data.discount.net.amount)).toEqual([1_750, 1_500])
})

test('a code that stops holding stays, gives nothing, and the shopper is told', async () => {
  const alice = await shop.customer()
  const { lines: [line] } = await alice.add(shop.shelf.add(), 5)
  const { code } = await newCode({ minimum_purchase: 4_000 })
  expect((await alice.apply(code)).totals.discount.net).toEqual(eur(500))
  const basket = await alice.call('PUT', `/baskets/items/${line.id}`, { quantity: 3 })
  expect(basket.promo_codes[0]).toMatchObject({ is_applied: false, discount: { net: eur(0), gross: eur(0) } })
  expect(kinds(basket)).toEqual(['promo_code_not_applied'])
  expect(await (await shop.customer()).apply(code, 422)).toMatchObject({ code: 'basket_empty' })
})

test('unknown, ended, switched off and used up codes cannot be told apart, and guessing is slow', async () => {
  const guest = shop.visitor()
  await guest.add(shop.shelf.add())
  const used = await newCode({ usage_limit: 1 })
  await redeem(shop.system(), { order_id: newId('ord'), user_id: newId('user'), promo_codes: [used.id] })
  const bad = [
    'NOTHING',
    used.code,
    (await newCode({ is_active: false })).code,
    (await newCode({ ends_at: '2020-01-01T00:00:00.000Z' })).code,
  ]
  const answers = []
  for (const code of bad) {
    for (const path of ['/baskets/promo-codes', '/promo-codes/validate']) {
      const { request_id: _, ...refusal } = await guest.call('POST', path, { code }, 422)
      answers.push(JSON.stringify(refusal))
    }
  }
  expect(new Set(answers).size).toBe(1)
  for (let i = answers.length; i < 10; i++) {
    await guest.call('POST', '/promo-codes/validate', { code: 'NOTHING' }, 422)
  }
  const limited = await guest.send('POST', '/promo-codes/validate', { code: (await newCode()).code })
  expect([limited.status, Number(limited.headers['retry-after']) > 0]).toEqual([429, true])
})

test('validating tells what a code would do, and changes nothing', async () => {
  const guest = shop.visitor()
  const { version } = await guest.add(shop.shelf.add(), 3)
  const { code } = await newCode({ minimum_purchase: 5_000 })
  expect(await guest.call('POST', '/promo-codes/validate', { code })).toMatchObject({
    is_applicable: false,
    discount: { net: eur(0), gross: eur(0) },
    minimum_purchase: eur(5_000),
  })
  expect(await guest.basket()).toMatchObject({ version, promo_codes: [] })
})

test('merging brings the guest’s basket along, once and not by looking, however many requests come at once', async () => {
  const [guest, alice] = [shop.visitor(), await shop.customer()]
  const [shirt, hat] = [shop.shelf.add(), shop.shelf.add()]
  await alice.add(shirt, 98)
  await guest.add(shirt, 3)
  await guest.add(hat, 2)
  const { code } = await newCode()
  await guest.apply(code)
  alice.token = guest.token
  expect(quantities(await alice.basket())).toEqual([98])
  const seen = await Promise.all(
    Array.from({ length: 8 }, () => alice.call('POST', '/baskets/current/merge')),
  )
  for (const basket of [...seen, await alice.basket()]) expect(quantities(basket)).toEqual([99, 2])
  expect((await alice.basket()).promo_codes[0].code).toBe(code)
  expect((await guest.basket()).id).toBeNull()
  const merged = await shop.rows(
    `select merged_into_id from baskets where status = 'merged' and merged_into_id = ?`,
    [
      bytes(seen[0].id),
    ],
  )
  expect(merged).toHaveLength(1)
})

test('a new account takes the guest’s basket over as it is', async () => {
  const [guest, alice] = [shop.visitor(), await shop.customer()]
  const { id } = await guest.add(shop.shelf.add(), 4)
  alice.token = guest.token
  await alice.call('POST', '/baskets/current/merge')
  const basket = await alice.add(shop.shelf.add(), 1)
  expect(basket.id).toBe(id)
  expect(quantities(basket)).toEqual([4, 1])
})

test('a basket can be saved for later and taken up again', async () => {
  const alice = await shop.customer()
  await alice.call('POST', '/baskets/current/save', undefined, 422)
  await alice.call('POST', '/baskets/current/resume', undefined, 404)
  const { id } = await alice.add(shop.shelf.add(), 2)
  expect((await alice.call('POST', '/baskets/current/save')).id).toBeNull()
  const { lines: [line] } = await alice.add(shop.shelf.add())
  await alice.call('POST', '/baskets/current/resume', undefined, 409)
  await alice.call('DELETE', `/baskets/items/${line.id}`)
  expect(await alice.call('POST', '/baskets/current/resume')).toMatchObject({ id, item_count: 2 })
  await shop.visitor().call('POST', '/baskets/current/save', undefined, 401)
})

test('checkout reads every line as it was wanted, priced now, with the codes that hold', async () => {
  const alice = await shop.customer()
  const [shirt, gone] = [shop.shelf.add(), shop.shelf.add()]
  await alice.add(shirt, 3)
  const { id } = await alice.add(gone, 1)
  const { code } = await newCode()
  const { version } = await alice.apply(code)
  shirt.available = 1
  shop.shelf.variants.delete(gone.variant_id)
  const user_id = alice.userId as Id<'user'>
  const { basket } = await readForCheckout(shop.system(), { holder: { user_id } })
  expect(basket).toMatchObject({ id, version, promo_codes: [{ code }], free_shipping: false })
  expect(basket!.lines.map(({ quantity, price, available }) => [quantity, price, available])).toEqual([[
    3,
    1_000,
    1,
  ], [1, null, 0]])
  expect(await readForCheckout(shop.system(), { holder: { user_id }, basket_id: newId('bask') })).toEqual({
    basket: null,
  })
  expect(await readForCheckout(shop.system(), { holder: { user_id: newId('user') } })).toEqual({
    basket: null,
  })
  const strangers = [undefined, '', id, user_id, 'x'.repeat(43)]
  for (const token of strangers) {
    expect(await readForCheckout(shop.system(), { holder: { token } }), token).toEqual({ basket: null })
  }
})

const uses = async (id: string) => (await staff.call('GET', `/admin/promo-codes/${id}`)).usage_count
const outcomes = async (work: Promise<unknown>[]) =>
  (await Promise.allSettled(work)).map((each) =>
    each.status === 'fulfilled' ? 'ok' : (each.reason as { code: string }).code
  )

test('a code is used as often as its limit allows, whoever is first', async () => {
  const { id } = await newCode({ usage_limit: 3 })
  const order = () => ({ order_id: newId('ord'), user_id: newId('user'), promo_codes: [id] })
  const found = await outcomes(Array.from({ length: 10 }, () => redeem(shop.system(), order())))
  expect(found.filter((each) => each === 'ok')).toHaveLength(3)
  expect(found.filter((each) => each === 'promo_code_refused')).toHaveLength(7)
  expect(await uses(id)).toBe(3)
})

test('one customer uses a code as often as one customer may', async () => {
  const { id } = await newCode({ per_user_limit: 2 })
  const user_id = newId('user')
  const order = () => ({ order_id: newId('ord'), user_id, promo_codes: [id] })
  const found = await outcomes(Array.from({ length: 6 }, () => redeem(shop.system(), order())))
  expect(found.filter((each) => each === 'ok')).toHaveLength(2)
  await redeem(shop.system(), { ...order(), user_id: newId('user') })
  expect(await uses(id)).toBe(3)
})

test('codes for the first order serve one order, though each was used once only', async () => {
  const [one, two, beside] = [
    await newCode({ first_order_only: true, is_stackable: true }),
    await newCode({ first_order_only: true }),
    await newCode({ first_order_only: true, is_stackable: true }),
  ]
  const order = (...codes: { id: Id<'promo'> }[]) => ({
    order_id: newId('ord'),
    user_id,
    promo_codes: codes.map(({ id }) => id),
  })
  const user_id = newId('user')
  const first = order(one, beside)
  expect(await outcomes([redeem(shop.system(), first)])).toEqual(['ok'])
  expect(await outcomes([redeem(shop.system(), order(two))])).toEqual(['promo_code_refused'])
  await unredeem(shop.system(), first)
  expect(await outcomes([redeem(shop.system(), order(two))])).toEqual(['ok'])
})

test('an order redeems once, gives back once, and never redeems after that', async () => {
  const [one, two] = [await newCode(), await newCode({ usage_limit: 1 })]
  const order = { order_id: newId('ord'), user_id: newId('user'), promo_codes: [one.id, two.id] }
  await Promise.all(Array.from({ length: 5 }, () => redeem(shop.system(), order)))
  expect([await uses(one.id), await uses(two.id)]).toEqual([1, 1])
  const late = { ...order, order_id: newId('ord') }
  expect(await outcomes([redeem(shop.system(), late)])).toEqual(['promo_code_refused'])
  expect(await uses(one.id)).toBe(1)
  await Promise.all(Array.from({ length: 5 }, () => unredeem(shop.system(), order)))
  expect([await uses(one.id), await uses(two.id)]).toEqual([0, 0])
  await unredeem(shop.system(), { order_id: late.order_id })
  expect(await outcomes([redeem(shop.system(), order), redeem(shop.system(), late)])).toEqual([
    'promo_code_refused',
    'promo_code_refused',
  ])
  expect((await staff.call('GET', `/admin/promo-codes/${one.id}`)).usage).toEqual({
    customers: 0,
    given_back: 1,
    in_baskets: 0,
  })
})

test('a confirmed order closes its basket; what came in meanwhile begins the next one', async () => {
  const alice = await shop.customer()
  const [shirt, hat] = [shop.shelf.add(), shop.shelf.add()]
  const ordered = await alice.add(shirt, 2)
  await alice.add(shirt, 1)
  await alice.add(hat, 4)
  const order = {
    order_id: newId('ord'),
    basket_id: ordered.id,
    basket_version: ordered.version,
    items: [{ variant_id: shirt.variant_id, quantity: 2 }],
  }
  await convert(shop.system(), order)
  await convert(shop.system(), order)
  await convertAndTell(shop.system(), order)
  const next = await alice.basket()
  expect(next.id).not.toBe(ordered.id)
  expect(quantities(next).sort()).toEqual([1, 4])
  const { status, converted_to_order_id, lines } = await staff.call('GET', `/admin/baskets/${ordered.id}`)
  expect([status, converted_to_order_id, quantities({ lines })]).toEqual(['converted', order.order_id, [2]])
  expect((await shop.events('baskets.basket.converted')).filter((data) => data.basket_id === ordered.id))
    .toHaveLength(1)
  await convert(shop.system(), {
    ...order,
    basket_id: next.id,
    basket_version: next.version,
    order_id: newId('ord'),
  })
  expect((await alice.basket()).id).toBeNull()
  const first = await newCode({ first_order_only: true })
  await alice.add(shirt)
  await alice.apply(first.code, 422)
})

test('a basket left for a day is abandoned, and active again with the next change', async () => {
  const alice = await shop.customer()
  const { id } = await alice.add(shop.shelf.add(), 2)
  await shop.rows('update baskets set last_activity_at = now() - interval 25 hour where id = ?', [bytes(id)])
  expect((await nextIdle(shop.system().db))!.getTime()).toBeLessThan(Date.now())
  await Promise.all([abandonIdle(shop.system()), abandonIdle(shop.system())])
  expect((await nextIdle(shop.system().db) ?? new Date(Date.now() + 1)).getTime()).toBeGreaterThan(Date.now())
  const told = (await shop.events('baskets.basket.abandoned')).filter((data) => data.basket_id === id)
  expect(told).toMatchObject([{
    user_id: alice.userId,
    total: { net: eur(2_000), gross: eur(2_400) },
    item_count: 1,
    abandoned_duration_hours: 25,
  }])
  const status = async () => (await staff.call('GET', `/admin/baskets/${id}`)).status
  expect(await status()).toBe('abandoned')
  expect((await alice.add(shop.shelf.add())).id).toBe(id)
  expect(await status()).toBe('active')
})

test('guests’ baskets go after 30 days, abandoned ones after 90, others stay', async () => {
  const [guest, alice, bob] = [shop.visitor(), await shop.customer(), await shop.customer()]
  const ids = await Promise.all(
    [guest, alice, bob].map(async (each) => (await each.add(shop.shelf.add())).id),
  )
  const age = (id: string, days: number, status: string) =>
    shop.rows('update baskets set last_activity_at = now() - interval ? day, status = ? where id = ?', [
      days,
      status,
      bytes(id),
    ])
  await Promise.all([
    age(ids[0], 31, 'abandoned'),
    age(ids[1], 91, 'abandoned'),
    age(ids[2], 80, 'abandoned'),
  ])
  expect(await cleanUp(shop.system())).toBe(false)
  expect((await guest.basket()).id).toBeNull()
  expect((await alice.basket()).id).toBeNull()
  expect((await bob.basket()).id).toBe(ids[2])
})

test('a deleted account leaves nothing that names it', async () => {
  const alice = await shop.customer()
  const { id } = await alice.add(shop.shelf.add())
  const { id: promo } = await newCode()
  const user_id = alice.userId as Id<'user'>
  await redeem(shop.system(), { order_id: newId('ord'), user_id, promo_codes: [promo] })
  await forgetUser(shop.system(), user_id)
  expect((await alice.basket()).id).toBeNull()
  const [row] = await shop.rows(
    'select user_id, current_user_id, ip_address, archived_at from baskets where id = ?',
    [bytes(id)],
  )
  expect(row).toMatchObject({
    user_id: null,
    current_user_id: null,
    ip_address: null,
    archived_at: expect.any(Date),
  })
  expect(await shop.rows('select 1 from promo_redemptions where user_id = ?', [bytes(user_id)])).toEqual([])
  expect(await uses(promo)).toBe(1)
})

test('staff see all baskets, page by page, and may take one away', async () => {
  const alice = await shop.customer()
  const { id } = await alice.add(shop.shelf.add(), 2)
  const { data: [mine] } = await staff.call('GET', `/admin/baskets?user_id=${alice.userId}&status=active`)
  expect(mine).toMatchObject({ id, line_count: 1, subtotal: { net: eur(2_000) }, vat: eur(400) })
  const first = await staff.call('GET', '/admin/baskets?limit=2')
  const second = await staff.call('GET', `/admin/baskets?limit=2&cursor=${first.next_cursor}`)
  expect([...first.data, ...second.data].map((each) => each.id)).toEqual([
    ...new Set([...first.data, ...second.data].map((each) => each.id)),
  ])
  await staff.call('DELETE', `/admin/baskets/${id}`, undefined, 204)
  await staff.call('DELETE', `/admin/baskets/${id}`, undefined, 404)
  await staff.call('GET', `/admin/baskets/${id}`, undefined, 404)
  expect((await alice.basket()).id).toBeNull()
  await alice.call('GET', '/admin/baskets', undefined, 403)
  await shop.visitor().call('GET', '/admin/promo-codes', undefined, 401)
})

test('promotion codes are kept by staff: unique in any case, changed against their version', async () => {
  const made = await newCode({ minimum_purchase: 100 })
  const path = `/admin/promo-codes/${made.id}`
  const same = { name: 'x', code: made.code.toLowerCase(), kind: 'percentage', value: 1 }
  await staff.call('POST', '/admin/promo-codes', same, 409)
  await staff.call('POST', '/admin/promo-codes', { ...same, code: 'OTHER', value: 20_000 }, 422)
  await staff.call('PATCH', path, { value: 2_000 }, 428)
  const { etag } = (await staff.send('GET', path)).headers
  const changed = await staff.call('PATCH', path, { value: 2_000 }, 200, { 'if-match': etag! })
  expect(changed).toMatchObject({ value: 2_000, minimum_purchase: 100, version: 2 })
  await staff.call('PATCH', path, { value: 3_000 }, 412, { 'if-match': etag! })
  await staff.call('PATCH', path, { kind: 'free_shipping' }, 422, { 'if-match': '"v2"' })
  const listed = await staff.call('GET', `/admin/promo-codes?code=${made.code.toLowerCase()}`)
  expect(listed.data.map((each: { id: string }) => each.id)).toContain(made.id)
  await staff.call('DELETE', path, undefined, 204)
  await staff.call('GET', path, undefined, 404)
  expect((await staff.call('POST', '/admin/promo-codes', same, 201)).code).toBe(made.code)
  const audited = await shop.rows('select action from audit_log where target = ? order by id', [made.id])
  expect(audited.map((row) => row.action)).toEqual([
    'promo_code.created',
    'promo_code.updated',
    'promo_code.deleted',
  ])
})

test('guesses made at once, from anywhere in one network, are counted before any is known to be wrong', async () => {
  const guests = Array.from(
    { length: 30 },
    (_, i) => shop.visitor({ 'x-client-ip': `2001:db8:7:7::${i + 1}` }),
  )
  const answers = await Promise.all(
    guests.map((guest) => guest.send('POST', '/promo-codes/validate', { code: 'NOTHING' })),
  )
  expect(answers.filter(({ status }) => status === 422)).toHaveLength(10)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(20)
})
