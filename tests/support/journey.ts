import { expect } from 'vitest'
import { checkout, newPromoCode } from './selling.ts'
import { PASSWORD, type Shop } from './shops.ts'
import { stockOf } from './stock.ts'
import { until } from './until.ts'

const CATALOGUE =
  `Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Image Src
mug,Harbour Mug,<p>Stoneware</p>,Kermor,Tableware,Colour,Green,MUG-G,shopify,5,14.50,https://images.example.com/mug.jpg
mug,,,,,,Sand,MUG-S,shopify,3,14.50,
honey,Acacia Honey,<p>250 g</p>,Rucher,Food,Title,Default Title,HNY,shopify,20,8.40,
`

/** From an empty shop to a delivered event, through the edge, as a merchant and a shopper live it. */
export async function purchaseJourney(shop: Shop): Promise<void> {
  const owner = await shop.owner('edge')
  const begun = await owner.post('/v1/admin/product-imports', CATALOGUE, 202, { 'content-type': 'text/csv' })
  const imported = await until('the catalogue is imported', async () => {
    const { body } = await owner.get(`/v1/admin/product-imports/${begun.body.id}`, 200)
    return body.status === 'done' && body
  })
  expect(imported).toMatchObject({ created: 2, variants: 3 })
  const { code } = await newPromoCode(owner)

  const guest = shop.visitor('edge')
  const found = await until('the catalogue shows at the edge', async () => {
    const { body } = await guest.get('/v1/products/search?q=harbour', 200)
    return body.data.length > 0 && body.data
  })
  const { body: mug } = await guest.get(`/v1/products/${found[0].slug}`, 200)
  const green = mug.variants.find((variant: { sku: string }) => variant.sku === 'MUG-G')
  const filled = await guest.post('/v1/baskets/items', { variant_id: green.id, quantity: 2 }, 200)
  const basketToken = filled.headers['basket-token']!

  const registered = await guest.post('/v1/auth/register', {
    email: 'alice@example.com',
    first_name: 'Alice',
    last_name: 'Martin',
    password: PASSWORD,
  }, 201)
  const alice = guest.withToken(registered.body.access_token)
  const { body: merged } = await alice.post('/v1/baskets/current/merge', undefined, 200, {
    'basket-token': basketToken,
  })
  expect(merged.lines).toMatchObject([{ variant_id: green.id, quantity: 2 }])
  const { body: reduced } = await alice.post('/v1/baskets/promo-codes', { code }, 200)
  expect(reduced.totals).toMatchObject({
    subtotal: { net: { amount: 2900 } },
    discount: { net: { amount: 290 } },
  })

  const headers = { 'idempotency-key': 'journey' }
  const { body: order } = await checkout(alice, {}, headers, 201)
  expect(order).toMatchObject({ status: 'confirmed', lines: [{ quantity: 2 }] })
  const repeated = await checkout(alice, {}, headers, 201)
  expect(repeated.body.id).toBe(order.id)
  expect(repeated.headers['idempotency-replayed']).toBe('true')
  const { body: mine } = await alice.get('/v1/orders', 200)
  expect(mine.data.map((each: { id: string }) => each.id)).toEqual([order.id])

  await until('the stock is taken', async () => (await stockOf(shop, green.id)).stock === 3)
  expect(await stockOf(shop, green.id)).toEqual({ stock: 3, reserved: 0 })
  await until(
    'the basket is converted',
    async () => (await alice.get('/v1/baskets/current', 200)).body.lines.length === 0,
  )

  await alice.post('/v1/auth/logout', undefined, 204)
  await until('the token is worth nothing', async () => (await alice.get('/v1/orders')).status === 401)
}
