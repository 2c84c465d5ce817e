import { randomBytes } from 'node:crypto'
import { checkout, newProduct, newPromoCode, placeOrder } from './selling.ts'
import type { Client, Shop } from './shops.ts'

// deno-lint-ignore no-explicit-any
type Json = any

export type Scene = {
  shop: Shop
  owner: Client
  /** Has a basket, sessions and more than a hundred orders. */
  customer: Client
  /** Of products of one variant each, with stock for ever. */
  variants: string[]
  /** Ids: one of many products, and what a hundred of them are of. */
  product: string
  brand: string
  category: string
}
export const unique = () => `x${randomBytes(5).toString('hex')}`

/** A customer with a basket of so many lines. */
export async function buyer({ shop, variants }: Scene, lines = 1): Promise<{ client: Client; basket: Json }> {
  const client = await shop.customer()
  let basket
  for (const variant_id of variants.slice(0, lines)) {
    basket = (await client.post('/v1/baskets/items', { variant_id, quantity: 1 }, 200)).body
  }
  return { client, basket }
}

export async function order(scene: Scene, lines = 1): Promise<{ client: Client; id: string }> {
  const { client } = await buyer(scene, lines)
  return { client, id: (await checkout(client, {}, {}, 201)).body.id }
}

const made = async (owner: Client, path: string, body: Json): Promise<string> =>
  (await owner.post(path, body, 201)).body.id

export const newUser = (owner: Client) =>
  made(owner, '/v1/admin/users', {
    email: `${unique()}@example.com`,
    first_name: 'Sam',
    last_name: 'Staff',
    roles: ['customer'],
  })
export const newRole = (owner: Client) =>
  made(owner, '/v1/admin/roles', { name: unique(), permissions: ['orders.view'] })
export const newPermission = (owner: Client) =>
  made(owner, '/v1/admin/permissions', { name: `${unique()}.view` })
export const newVatRate = (owner: Client) =>
  made(owner, '/v1/admin/vat-rates', { name: unique(), rate: 1_000 })
export const newBrand = (owner: Client) => made(owner, '/v1/admin/brands', { name: unique() })
export const newCategory = (owner: Client) => made(owner, '/v1/admin/categories', { name: unique() })
export const shippingMethod = () => ({
  code: unique(),
  name: 'Parcel',
  price: 500,
  vat_rate: 2_000,
  min_days: 1,
  max_days: 3,
})
export const newShippingMethod = async (owner: Client): Promise<string> => {
  const method = shippingMethod()
  await owner.post('/v1/admin/shipping-methods', method, 201)
  return method.code
}
const ROWS = 105
const AT_ONCE = 8

/** A hundred and some of everything that has a list. */
export async function openScene(shop: Shop): Promise<Scene> {
  const owner = await shop.owner()
  const variants: string[] = []
  await times(ROWS, async () => {
    variants.push((await newProduct(owner, { stock: 100_000, name: `Thing ${unique()}` })).variants[0].id)
  })
  const [brand, category] = [await newBrand(owner), await newCategory(owner)]
  const { body: { data: products } } = await owner.get('/v1/admin/products?limit=100', 200)
  await each(
    products,
    ({ id }: Json) =>
      owner.patch(`/v1/admin/products/${id}`, { brand_id: brand, category_ids: [category] }, 200, {
        'if-match': '*',
      }),
  )
  const customer = await shop.customer()
  // One after the other: they share a basket.
  for (let n = 0; n < ROWS; n++) await placeOrder(customer, variants[n]!)
  const guest = shop.visitor()
  await times(ROWS, async (n) => {
    await newBrand(owner)
    await newCategory(owner)
    await newPromoCode(owner)
    await newVatRate(owner)
    await newUser(owner)
    await newRole(owner)
    await newPermission(owner)
    if (n < 40) await newShippingMethod(owner)
    await guest.post('/v1/baskets/items', { variant_id: variants[n], quantity: 1 }, 200)
  })
  await owner.post('/v1/admin/product-imports', 'Handle,Title,Variant Price\na,A,1.00\n', 202, {
    'content-type': 'text/csv',
  })
  await customer.post('/v1/baskets/items', { variant_id: variants[0], quantity: 1 }, 200)
  return { shop, owner, customer, variants, product: products[0].id, brand, category }
}

async function times(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  await each(Array.from({ length: count }, (_, n) => n), work)
}

async function each<T>(all: T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const queue = [...all]
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await work(one)
  }))
}
