import { randomBytes } from 'node:crypto'
import type { Client } from './shops.ts'

// deno-lint-ignore no-explicit-any
type Json = any

export const ADDRESS = {
  name: 'Alice Martin',
  line1: '12 rue des Lilas',
  city: 'Rennes',
  postal_code: '35000',
  country: 'FR',
}

/** A product with one variant for each stock given. Prices net, minor units. */
export async function newProduct(
  owner: Client,
  options: { stock?: number; stocks?: number[]; price?: number; name?: string } = {},
): Promise<Json> {
  const stocks = options.stocks ?? [options.stock ?? 10]
  const unique = randomBytes(4).toString('hex')
  const isPlain = stocks.length === 1
  const { body } = await owner.post('/v1/admin/products', {
    name: options.name ?? `Product ${unique}`,
    ref: `REF-${unique}`,
    status: 'active',
    ...(!isPlain && { options: [{ name: 'Size', values: stocks.map((_, i) => `S${i}`) }] }),
    variants: stocks.map((stock, i) => ({
      ...(!isPlain && { option_values: [`S${i}`] }),
      price: options.price ?? 1000,
      stock,
    })),
  }, 201)
  return body
}

export async function newPromoCode(owner: Client, changes: Json = {}): Promise<Json> {
  const code = `C${randomBytes(4).toString('hex').toUpperCase()}`
  return (await owner.post('/v1/admin/promo-codes', {
    name: 'Ten per cent',
    code,
    kind: 'percentage',
    value: 1000,
    ...changes,
  }, 201)).body
}

/** What a client was shown before it first used an Idempotency-Key: a repetition says the same. */
const shown = new WeakMap<Client, Map<string, number>>()

/** Orders what the quote just showed; where there is none to show, the order has to be refused as the quote was. */
export async function checkout(
  buyer: Client,
  changes: Json = {},
  headers: Record<string, string> = {},
  expected?: number,
) {
  const order = {
    billing_address: ADDRESS,
    shipping_method: 'standard',
    payment_method: 'manual',
    ...changes,
  }
  const key = headers['idempotency-key']
  const known = shown.get(buyer) ?? shown.set(buyer, new Map()).get(buyer)!
  let expected_total = order.expected_total ?? (key && known.get(key))
  if (expected_total === undefined) {
    const { shipping_method, basket_id } = order
    const quote = await buyer.post('/v1/orders/quote', { shipping_method, ...(basket_id && { basket_id }) })
    if (quote.status >= 500) return quote
    expected_total = quote.body.expected_total ?? 0
    if (key) known.set(key, expected_total)
  }
  return await buyer.post('/v1/orders', { ...order, expected_total }, expected, headers)
}

/** Buys units of one variant. */
export async function placeOrder(buyer: Client, variant_id: string, quantity = 1): Promise<Json> {
  await buyer.post('/v1/baskets/items', { variant_id, quantity }, 200)
  return (await checkout(buyer, {}, {}, 201)).body
}
