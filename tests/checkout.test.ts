import { beforeAll, expect, test } from 'vitest'
import { idToBytes } from '../shared/kernel/id.ts'
import { ADDRESS, checkout, newProduct, newPromoCode } from './support/selling.ts'
import { type Client, newShop, type Shop } from './support/shops.ts'
import { stockOf, unitsIn } from './support/stock.ts'
import { until } from './support/until.ts'

let shop: Shop
let owner: Client

beforeAll(async () => {
  shop = await newShop()
  owner = await shop.owner()
})

const bytesOf = (id: string) => Buffer.from(idToBytes(id.split('_')[0]!, id))

type Line = { variant_id: string; quantity: number }

async function buyer(...lines: Line[]): Promise<Client> {
  const client = await shop.customer()
  for (const line of lines) await client.post('/v1/baskets/items', line, 200)
  return client
}

async function buyers(count: number, linesOf: (i: number) => Line[]): Promise<Client[]> {
  const made: Client[] = []
  while (made.length < count) {
    const size = Math.min(10, count - made.length)
    made.push(
      ...await Promise.all(Array.from({ length: size }, (_, i) => buyer(...linesOf(made.length + i)))),
    )
  }
  return made
}

const settledStock = (variant: string, stock: number) =>
  until(`${stock} are left, none held`, async () => {
    const now = await stockOf(shop, variant)
    return now.stock === stock && now.reserved === 0
  })

test('fifty buyers of ten units: ten orders, no unit twice', async () => {
  const { variants: [variant] } = await newProduct(owner, { stock: 10 })
  const crowd = await buyers(50, () => [{ variant_id: variant.id, quantity: 1 }])
  const answers = await Promise.all(crowd.map((each) => checkout(each)))
  expect(answers.filter((each) => each.status === 201)).toHaveLength(10)
  for (const each of answers.filter((one) => one.status !== 201)) {
    expect(each).toMatchObject({
      status: 409,
      body: { code: 'out_of_stock', lines: [{ variant_id: variant.id, requested: 1 }] },
    })
  }
  expect(await unitsIn(shop, variant.id, 'confirmed')).toEqual({ units: 10, orders: 10 })
  await settledStock(variant.id, 0)
})

test('two scarce products bought in opposite orders: nobody waits for ever, nothing is half sold', async () => {
  const { variants: [a] } = await newProduct(owner, { stock: 10 })
  const { variants: [b] } = await newProduct(owner, { stock: 10 })
  const one = { variant_id: a.id, quantity: 1 }
  const other = { variant_id: b.id, quantity: 1 }
  const crowd = await buyers(30, (i) => (i % 2 ? [one, other] : [other, one]))
  const answers = await Promise.all(crowd.map((each) => checkout(each)))
  expect(answers.map((each) => each.status).filter((status) => status === 201)).toHaveLength(10)
  expect(answers.filter((each) => ![201, 409].includes(each.status))).toEqual([])
  await settledStock(a.id, 0)
  await settledStock(b.id, 0)
})

test('lines of two variants of one product each count against their own stock', async () => {
  const { variants: [small, large] } = await newProduct(owner, { stocks: [3, 1] })
  const greedy = await buyer({ variant_id: small.id, quantity: 2 }, { variant_id: large.id, quantity: 1 })
  expect((await checkout(greedy, {}, {}, 201)).body).toMatchObject({
    item_count: 3,
    lines: [{ quantity: 2 }, { quantity: 1 }],
  })
  await settledStock(small.id, 1)
  await settledStock(large.id, 0)
})

test('one key ten times at once: one order, the others are told to wait or get its answer', async () => {
  const { variants: [variant] } = await newProduct(owner, { stock: 10 })
  const one = await buyer({ variant_id: variant.id, quantity: 1 })
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => checkout(one, {}, { 'idempotency-key': 'same' })),
  )
  for (const each of answers.filter((answer) => answer.status !== 201)) {
    expect(each.body.code).toBe('request_in_progress')
  }
  const ids = new Set(answers.filter((each) => each.status === 201).map((each) => each.body.id))
  expect(ids.size).toBe(1)
  const again = await checkout(one, {}, { 'idempotency-key': 'same' }, 201)
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(ids).toContain(again.body.id)
  expect(await unitsIn(shop, variant.id, 'confirmed')).toEqual({ units: 1, orders: 1 })
})

test('who looks at once after the answer finds an empty basket, and shops on', async () => {
  const { variants: [variant] } = await newProduct(owner, { stock: 20 })
  for (const headers of [undefined, { 'idempotency-key': 'looking' }]) {
    const one = await buyer({ variant_id: variant.id, quantity: 1 })
    await checkout(one, {}, headers, 201)
    expect((await one.get('/v1/baskets/current', 200)).body.lines).toEqual([])
    await one.post('/v1/baskets/items', { variant_id: variant.id, quantity: 2 }, 200)
    expect((await checkout(one, {}, {}, 201)).body.lines).toMatchObject([{ quantity: 2 }])
  }
  await settledStock(variant.id, 14)
})

test('one key with another body is refused', async () => {
  const { variants: [variant] } = await newProduct(owner)
  const one = await buyer({ variant_id: variant.id, quantity: 1 })
  await checkout(one, {}, { 'idempotency-key': 'mine' }, 201)
  const other = await checkout(one, { notes: 'another' }, { 'idempotency-key': 'mine' })
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
})

test('one basket ordered ten times at once without a key becomes one order', async () => {
  const { variants: [variant] } = await newProduct(owner, { stock: 20 })
  const one = await buyer({ variant_id: variant.id, quantity: 1 })
  const answers = await Promise.all(Array.from({ length: 10 }, () => checkout(one)))
  expect(answers.filter((each) => each.status === 201)).toHaveLength(1)
  for (const each of answers.filter((answer) => answer.status !== 201)) {
    expect(['basket_already_ordered', 'basket_empty']).toContain(each.body.code)
  }
  await settledStock(variant.id, 19)
})

test('after a refusal for stock the same basket can be ordered with less', async () => {
  const { variants: [variant] } = await newProduct(owner, { stock: 5 })
  const slow = await buyer({ variant_id: variant.id, quantity: 3 })
  const fast = await buyer({ variant_id: variant.id, quantity: 4 })
  await checkout(fast, {}, {}, 201)
  expect((await checkout(slow)).body).toMatchObject({
    code: 'out_of_stock',
    lines: [{ requested: 3, available: 1 }],
  })
  const { lines: [line] } = (await slow.get('/v1/baskets/current', 200)).body
  await slow.put(`/v1/baskets/items/${line.id}`, { quantity: 1 }, 200)
  await checkout(slow, {}, {}, 201)
  await settledStock(variant.id, 0)
})

test('an empty basket, a stranger’s basket and one that has changed are refused', async () => {
  const { variants: [variant] } = await newProduct(owner)
  const one = await buyer({ variant_id: variant.id, quantity: 1 })
  const { body: basket } = await one.get('/v1/baskets/current', 200)
  const other = await shop.customer()
  expect((await checkout(other)).body.code).toBe('basket_empty')
  expect((await checkout(other, { basket_id: basket.id })).body.code).toBe('basket_empty')
  expect((await checkout(one, { basket_version: basket.version + 1 })).body.code).toBe('basket_changed')
  await checkout(one, { basket_id: basket.id, basket_version: basket.version }, {}, 201)
})

test('what is no longer for sale is named in the refusal', async () => {
  const product = await newProduct(owner)
  const one = await buyer({ variant_id: product.variants[0].id, quantity: 1 })
  await owner.patch(`/v1/admin/products/${product.id}`, { status: 'archived' }, 200, {
    'if-match': `"v${product.version}"`,
  })
  const refused = await checkout(one)
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'not_purchasable', lines: [{ variant_id: product.variants[0].id }] },
  })
})

test('the totals are net, discount, shipping and VAT to the cent', async () => {
  const { variants: [variant] } = await newProduct(owner, { price: 999 })
  const { code } = await newPromoCode(owner)
  const one = await buyer({ variant_id: variant.id, quantity: 3 })
  await one.post('/v1/baskets/promo-codes', { code }, 200)
  const { body } = await checkout(one, {}, {}, 201)
  // 3 × 9.99 = 29.97, less 10 % = 3.00; VAT of 26.97 is 5.39, of 4.90 shipping 0.98.
  expect(body.totals).toMatchObject({
    subtotal: { net: { amount: 2997 } },
    discount: { net: { amount: 300 } },
    shipping: { net: { amount: 490 }, gross: { amount: 588 } },
    total: { net: { amount: 3187 }, gross: { amount: 3824 } },
    vat: { amount: 637 },
  })
  expect(body).toMatchObject({
    status: 'confirmed',
    payment_status: 'authorized',
    order_number: expect.stringMatching(/^ORD-\d{8}-[0-9A-HJKMNP-TV-Z]{8}$/),
    promo_codes: [{ code, discount: { net: { amount: 300 } } }],
    billing_address: ADDRESS,
    shipping_address: ADDRESS,
    customer: { name: 'Alice Martin' },
  })
})

test('a guest is told what the basket comes to before signing in, and nobody else is', async () => {
  const { variants: [variant] } = await newProduct(owner, { price: 1_200 })
  const guest = shop.visitor()
  const { headers, body: basket } = await guest.post('/v1/baskets/items', {
    variant_id: variant.id,
    quantity: 1,
  }, 200)
  const held = { 'basket-token': headers['basket-token']! }
  const asked = { shipping_method: 'standard' }
  const { body: quote } = await guest.post('/v1/orders/quote', asked, 200, held)
  expect(quote).toMatchObject({ basket_id: basket.id, expected_total: 1_200 * 1.2 + 588 })
  const named = { ...asked, basket_id: basket.id }
  for (
    const [client, body, token] of [
      [guest, asked, {}],
      [guest, named, {}],
      [guest, named, { 'basket-token': 'x'.repeat(43) }],
      [await shop.customer(), named, held],
      [(await newShop()).visitor(), named, held],
    ] as const
  ) {
    const refused = await client.post('/v1/orders/quote', body, undefined, token)
    expect(refused).toMatchObject({ status: 422, body: { code: 'basket_empty' } })
  }
  const customer = await shop.customer()
  await customer.post('/v1/baskets/current/merge', undefined, 200, held)
  const order = await checkout(customer, { expected_total: quote.expected_total }, {}, 201)
  expect(order.body.totals).toEqual(quote.totals)
})

test('a price raised after it was shown is not charged: the order is refused with the new total', async () => {
  const { id, variants: [variant] } = await newProduct(owner, { price: 1_200 })
  const one = await buyer({ variant_id: variant.id, quantity: 1 })
  const shown = (await one.post('/v1/orders/quote', { shipping_method: 'standard' }, 200)).body
  await shop.rows('products', 'update variants set price = 9000 where id = ?', [bytesOf(variant.id)])
  const refused = await checkout(one, { expected_total: shown.expected_total })
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'basket_changed', expected_total: 9_000 * 1.2 + 588 },
  })
  expect((await one.get('/v1/orders', 200)).body.data, id).toEqual([])
  await checkout(one, { expected_total: refused.body.expected_total }, {}, 201)
})

test('a code that was used up elsewhere is a refusal, not an order at another price', async () => {
  const { variants: [variant] } = await newProduct(owner)
  const { code } = await newPromoCode(owner, { usage_limit: 1 })
  const [first, second] = await buyers(2, () => [{ variant_id: variant.id, quantity: 1 }])
  for (const each of [first!, second!]) await each.post('/v1/baskets/promo-codes', { code }, 200)
  const shown = (await second!.post('/v1/orders/quote', { shipping_method: 'standard' }, 200)).body
  await checkout(first!, {}, {}, 201)
  for (const expected_total of [shown.expected_total, 1_200 + 588]) {
    expect((await checkout(second!, { expected_total })).body).toMatchObject({
      status: 422,
      code: 'promo_code_refused',
      promo_codes: [{ code, reason: 'not_valid' }],
    })
  }
})

test('in a shop that prices with VAT, 9.99 is 9.99 in the basket, the quote, the order, and its events', async () => {
  const retail = await newShop({ prices_include_vat: true })
  const { variants: [variant] } = await newProduct(await retail.owner(), { price: 999 })
  const one = await retail.customer()
  const { body: basket } = await one.post('/v1/baskets/items', { variant_id: variant.id, quantity: 3 }, 200)
  const total = { net: { amount: 2_498, currency: 'EUR' }, gross: { amount: 2_997, currency: 'EUR' } }
  expect(basket.totals).toMatchObject({ subtotal: total, total })
  const { body: quote } = await one.post('/v1/orders/quote', { shipping_method: 'standard' }, 200)
  expect(quote).toMatchObject({ expected_total: 2_997 + 490, totals: { subtotal: total } })
  const { body: order } = await checkout(one, { expected_total: quote.expected_total }, {}, 201)
  expect(order.totals).toEqual(quote.totals)
  expect(order.lines[0]).toMatchObject({ unit_price: { gross: { amount: 999 } }, total })
  const [event] = await retail.rows<{ envelope: string }>(
    'orders',
    "select envelope from outbox where subject like '%order.confirmed'",
  )
  expect(JSON.parse(event!.envelope).data.total).toEqual(order.total)
})

test('the next order can be placed at once: the basket waits for no event', async () => {
  const { variants: [variant] } = await newProduct(owner)
  const one = await shop.customer()
  for (let i = 0; i < 3; i++) {
    await one.post('/v1/baskets/items', { variant_id: variant.id, quantity: 1 }, 200)
    expect((await checkout(one, {}, {}, 201)).body.item_count).toBe(1)
    expect((await one.get('/v1/baskets/current', 200)).body.lines).toEqual([])
  }
})

test('a code for one use is used by one order, and given back when that order is cancelled', async () => {
  const { variants: [variant] } = await newProduct(owner, { stock: 20 })
  const { code } = await newPromoCode(owner, { usage_limit: 1 })
  const crowd = await buyers(5, () => [{ variant_id: variant.id, quantity: 1 }])
  for (const each of crowd) await each.post('/v1/baskets/promo-codes', { code }, 200)
  const answers = await Promise.all(crowd.map((each) => checkout(each)))
  const reduced = answers.filter((each) => each.status === 201 && each.body.totals.discount.net.amount > 0)
  expect(reduced).toHaveLength(1)
  for (const each of answers.filter((one) => one.status !== 201)) {
    expect(each.body.code).toBe('promo_code_refused')
  }
  const winner = crowd[answers.indexOf(reduced[0]!)]!
  await winner.post(`/v1/orders/${reduced[0]!.body.id}/cancel`, {}, 200)
  await until('the use is given back', async () => {
    const [row] = await shop.rows<{ usage_count: number }>(
      'baskets',
      'select usage_count from promo_codes where code = ?',
      [code],
    )
    return row!.usage_count === 0
  })
})

test('pickup costs nothing; a shipping method that is not offered is refused', async () => {
  const { variants: [variant] } = await newProduct(owner)
  const one = await buyer({ variant_id: variant.id, quantity: 1 })
  const refused = await checkout(one, { shipping_method: 'teleport' })
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'validation_failed', errors: [{ pointer: '/shipping_method' }] },
  })
  const { body } = await checkout(one, { shipping_method: 'pickup' }, {}, 201)
  expect(body).toMatchObject({ shipping_address: null, totals: { shipping: { gross: { amount: 0 } } } })
})

test('a plan’s orders a month are a limit', async () => {
  const small = await newShop({ plan: 'standard' })
  const { variants: [variant] } = await newProduct(await small.owner())
  const one = await small.customer()
  await one.post('/v1/baskets/items', { variant_id: variant.id, quantity: 1 }, 200)
  await checkout(one, {}, {}, 201)
  // 12 doublings of one order, but for what must differ.
  const columns = await small.rows<{ name: string }>(
    'orders',
    `select column_name name from information_schema.columns
    where table_schema = database() and table_name = 'orders' and column_name not in ('id', 'order_number', 'placed_basket_id')`,
  )
  const same = columns.map(({ name }) => `\`${name}\``).join(', ')
  for (let i = 0; i < 13; i++) {
    await small.rows(
      'orders',
      `insert into orders (id, order_number, placed_basket_id, ${same})
      select random_bytes(16), left(hex(random_bytes(12)), 24), null, ${same} from orders limit 4096`,
    )
  }
  const next = await small.customer()
  await next.post('/v1/baskets/items', { variant_id: variant.id, quantity: 1 }, 200)
  const refused = await until('the count is taken again', async () => {
    const answer = await checkout(next, { basket_version: 9_999, expected_total: 0 })
    return answer.status === 403 ? answer : undefined
  })
  expect(refused.body).toMatchObject({ code: 'plan_limit', limit: 5_000 })
})

test('an order is the customer’s only with a token', async () => {
  expect((await checkout(shop.visitor())).status).toBe(401)
})
