import { randomUUID } from 'node:crypto'
import {
  buyer,
  newBrand,
  newCategory,
  newPermission,
  newRole,
  newShippingMethod,
  newUser,
  newVatRate,
  order,
  type Scene,
  shippingMethod,
  unique,
} from './budget-scene.ts'
import { ADDRESS, newProduct, newPromoCode } from './selling.ts'
import { type Client, PASSWORD } from './shops.ts'

// deno-lint-ignore no-explicit-any
type Json = any

/** Of the one request that is counted; what is left out comes from the contract's examples. */
export type Request = { path?: string; as?: Client; body?: Json; headers?: Record<string, string> }
/** Makes ready what its request needs, which isn't counted. Run again for each count. */
type Case = (scene: Scene) => Request | Promise<Request>

const versioned = (body: Json): Request => ({ body, headers: { 'if-match': '*' } })
const keyed = (request: Request): Request => ({
  ...request,
  headers: { ...request.headers, 'idempotency-key': randomUUID() },
})

const ordering = (lines: number): Case => async (scene) => {
  const { client } = await buyer(scene, lines)
  const { body } = await client.post('/v1/orders/quote', { shipping_method: 'standard' }, 200)
  return keyed({
    as: client,
    body: {
      expected_total: body.expected_total,
      billing_address: ADDRESS,
      shipping_method: 'standard',
      payment_method: 'manual',
    },
  })
}
/** One more unit of what is in a basket of so many lines already, or of something new to it. */
const adding = (lines: number): Case => async (scene) => {
  const { client } = await buyer(scene, lines)
  return { as: client, body: { variant_id: scene.variants[lines], quantity: 1 } }
}
const quoting = (lines: number): Case => async (scene) => ({
  as: (await buyer(scene, lines)).client,
  body: { shipping_method: 'standard' },
})
const showing = (lines: number): Case => async (scene) => ({ as: (await buyer(scene, lines)).client })
const orderShown = (lines: number): Case => async (scene) => {
  const { client, id } = await order(scene, lines)
  return { as: client, path: `/v1/orders/${id}` }
}

/** By operation; several of one where how much it has to do is what may grow. */
export const CASES: Record<string, Case | Record<string, Case>> = {
  register: ({ shop }) => ({
    as: shop.visitor(),
    body: { email: `${unique()}@example.com`, first_name: 'Ann', last_name: 'Lee', password: PASSWORD },
  }),
  logIn: async ({ shop }) => {
    const email = `${unique()}@example.com`
    await shop.customer(email)
    return { as: shop.visitor(), body: { email, password: PASSWORD } }
  },
  refreshSession: async ({ shop }) => {
    const { body } = await shop.visitor().post('/v1/auth/register', {
      email: `${unique()}@example.com`,
      first_name: 'Ann',
      last_name: 'Lee',
      password: PASSWORD,
    }, 201)
    return { as: shop.visitor(), body: { refresh_token: body.refresh_token } }
  },
  logOut: async ({ shop }) => ({ as: await shop.customer() }),
  updateAccount: () => ({ body: { first_name: unique() } }),
  changePassword: async ({ shop }) => ({
    as: await shop.customer(),
    body: { current_password: PASSWORD, new_password: `${PASSWORD}${unique()}` },
  }),
  deleteSession: async ({ shop }) => {
    const email = `${unique()}@example.com`
    const client = await shop.customer(email)
    await shop.signIn(email)
    const { body } = await client.get('/v1/auth/sessions', 200)
    const other = body.data.find((each: Json) => !each.is_current)
    return { as: client, path: `/v1/auth/sessions/${other.id}` }
  },
  adminCreateInvitation: async ({ owner }) => ({
    path: `/v1/admin/users/${await newUser(owner)}/invitations`,
  }),
  acceptInvitation: async ({ owner, shop }) => {
    const { body } = await owner.post(`/v1/admin/users/${await newUser(owner)}/invitations`, undefined, 201)
    return { as: shop.visitor(), body: { token: body.token, password: PASSWORD } }
  },
  adminCreateUser: () => ({
    body: { email: `${unique()}@example.com`, first_name: 'Sam', last_name: 'Staff', roles: ['customer'] },
  }),
  adminGetUser: async ({ owner }) => ({ path: `/v1/admin/users/${await newUser(owner)}` }),
  adminUpdateUser: async ({ owner }) => ({
    path: `/v1/admin/users/${await newUser(owner)}`,
    body: { first_name: unique() },
  }),
  adminDeleteUser: async ({ owner }) => ({ path: `/v1/admin/users/${await newUser(owner)}` }),
  adminAssignRole: async ({ owner }) => ({
    path: `/v1/admin/users/${await newUser(owner)}/roles`,
    body: { role: 'support' },
  }),
  adminRevokeRole: async ({ owner }) => {
    const id = await newUser(owner)
    await owner.post(`/v1/admin/users/${id}/roles`, { role: 'support' }, 200)
    return { path: `/v1/admin/users/${id}/roles/support` }
  },
  adminAssignPermission: async ({ owner }) => ({
    path: `/v1/admin/users/${await newUser(owner)}/permissions`,
    body: { permission: 'orders.view' },
  }),
  adminRevokePermission: async ({ owner }) => {
    const id = await newUser(owner)
    await owner.post(`/v1/admin/users/${id}/permissions`, { permission: 'orders.view' }, 200)
    return { path: `/v1/admin/users/${id}/permissions/orders.view` }
  },
  adminCreateRole: () => ({ body: { name: unique(), permissions: ['orders.view'] } }),
  adminGetRole: async ({ owner }) => ({ path: `/v1/admin/roles/${await newRole(owner)}` }),
  adminUpdateRole: async ({ owner }) => ({
    path: `/v1/admin/roles/${await newRole(owner)}`,
    body: { name: unique(), permissions: ['orders.view', 'products.view'] },
  }),
  adminDeleteRole: async ({ owner }) => ({ path: `/v1/admin/roles/${await newRole(owner)}` }),
  adminAddRolePermissions: async ({ owner }) => ({
    path: `/v1/admin/roles/${await newRole(owner)}/permissions`,
    body: { permissions: ['products.view'] },
  }),
  adminCreatePermission: () => ({ body: { name: `${unique()}.view` } }),
  adminGetPermission: async ({ owner }) => ({ path: `/v1/admin/permissions/${await newPermission(owner)}` }),
  adminUpdatePermission: async ({ owner }) => ({
    path: `/v1/admin/permissions/${await newPermission(owner)}`,
    body: { name: `${unique()}.view` },
  }),
  adminDeletePermission: async ({ owner }) => ({
    path: `/v1/admin/permissions/${await newPermission(owner)}`,
  }),

  getProduct: ({ product }) => ({ path: `/v1/products/${product}` }),
  getCategory: ({ category }) => ({ path: `/v1/categories/${category}` }),
  listCategoryProducts: ({ category }) => ({ path: `/v1/categories/${category}/products` }),
  getBrand: ({ brand }) => ({ path: `/v1/brands/${brand}` }),
  listBrandProducts: ({ brand }) => ({ path: `/v1/brands/${brand}/products` }),
  searchProducts: () => ({ path: '/v1/products/search?q=thing' }),
  adminCreateVatRate: () => ({ body: { name: unique(), rate: 1_000 } }),
  adminUpdateVatRate: async ({ owner }) => ({
    path: `/v1/admin/vat-rates/${await newVatRate(owner)}`,
    body: { rate: 1_100 },
  }),
  adminDeleteVatRate: async ({ owner }) => ({ path: `/v1/admin/vat-rates/${await newVatRate(owner)}` }),
  adminCreateProduct: {
    '1 variant': () => ({ body: product(1) }),
    '20 variants': () => ({ body: product(20) }),
    '100 variants': () => ({ body: product(100) }),
  },
  adminUpdateProduct: async ({ owner }) => ({
    path: `/v1/admin/products/${(await newProduct(owner)).id}`,
    ...versioned({ name: unique() }),
  }),
  adminDeleteProduct: async ({ owner }) => ({ path: `/v1/admin/products/${(await newProduct(owner)).id}` }),
  adminCreateVariant: async ({ owner }) => ({
    path: `/v1/admin/products/${(await newProduct(owner, { stocks: [1, 1] })).id}/variants`,
    body: { option_values: ['Other'], price: 1_200, stock: 3 },
  }),
  adminUpdateVariant: async ({ owner }) => ({
    path: `/v1/admin/variants/${(await newProduct(owner)).variants[0].id}`,
    body: { price: 1_300 },
  }),
  adminDeleteVariant: async ({ owner }) => ({
    path: `/v1/admin/variants/${(await newProduct(owner, { stocks: [1, 1] })).variants[0].id}`,
  }),
  adminAdjustStock: async ({ owner }) => ({
    path: `/v1/admin/variants/${(await newProduct(owner)).variants[0].id}/stock`,
    body: { operation: 'increment', quantity: 1 },
  }),
  adminCreateCategory: () => ({ body: { name: unique() } }),
  adminUpdateCategory: async ({ owner }) => ({
    path: `/v1/admin/categories/${await newCategory(owner)}`,
    body: { name: unique() },
  }),
  adminDeleteCategory: async ({ owner }) => ({ path: `/v1/admin/categories/${await newCategory(owner)}` }),
  adminCreateBrand: () => ({ body: { name: unique() } }),
  adminUpdateBrand: async ({ owner }) => ({
    path: `/v1/admin/brands/${await newBrand(owner)}`,
    body: { name: unique() },
  }),
  adminDeleteBrand: async ({ owner }) => ({ path: `/v1/admin/brands/${await newBrand(owner)}` }),

  getBasket: { '1 line': showing(1), '20 lines': showing(20), '50 lines': showing(50) },
  clearBasket: async (scene) => ({ as: (await buyer(scene)).client }),
  addBasketItem: {
    'first line': adding(0),
    'second line': adding(1),
    '21st line': adding(20),
    'by a guest': ({ shop, variants }) => ({
      as: shop.visitor(),
      body: { variant_id: variants[0], quantity: 1 },
    }),
  },
  updateBasketItem: async (scene) => {
    const { client, basket } = await buyer(scene)
    return { as: client, path: `/v1/baskets/items/${basket.lines[0].id}`, body: { quantity: 2 } }
  },
  removeBasketItem: async (scene) => {
    const { client, basket } = await buyer(scene, 2)
    return { as: client, path: `/v1/baskets/items/${basket.lines[0].id}` }
  },
  saveBasket: async (scene) => ({ as: (await buyer(scene)).client }),
  resumeBasket: async (scene) => {
    const { client } = await buyer(scene)
    await client.post('/v1/baskets/current/save', undefined, 200)
    return { as: client }
  },
  mergeBasket: async (scene) => {
    const { headers } = await scene.shop.visitor().post('/v1/baskets/items', {
      variant_id: scene.variants[0],
      quantity: 1,
    }, 200)
    const { client } = await buyer(scene, 2)
    return { as: client, headers: { 'basket-token': headers['basket-token']! } }
  },
  applyPromoCode: async (scene) => ({
    as: (await buyer(scene)).client,
    body: { code: (await newPromoCode(scene.owner)).code },
  }),
  removePromoCode: async (scene) => {
    const { client } = await buyer(scene)
    const { id, code } = await newPromoCode(scene.owner)
    await client.post('/v1/baskets/promo-codes', { code }, 200)
    return { as: client, path: `/v1/baskets/promo-codes/${id}` }
  },
  validatePromoCode: async (scene) => ({
    as: (await buyer(scene)).client,
    body: { code: (await newPromoCode(scene.owner)).code },
  }),
  adminGetBasket: async (scene) => ({ path: `/v1/admin/baskets/${(await buyer(scene, 3)).basket.id}` }),
  adminDeleteBasket: async (scene) => ({ path: `/v1/admin/baskets/${(await buyer(scene)).basket.id}` }),
  adminCreatePromoCode: () => ({
    body: { name: 'Ten per cent', code: unique(), kind: 'percentage', value: 1_000 },
  }),
  adminUpdatePromoCode: async ({ owner }) => ({
    path: `/v1/admin/promo-codes/${(await newPromoCode(owner)).id}`,
    ...versioned({ name: unique() }),
  }),
  adminDeletePromoCode: async ({ owner }) => ({
    path: `/v1/admin/promo-codes/${(await newPromoCode(owner)).id}`,
  }),

  quoteOrder: { '1 line': quoting(1), '20 lines': quoting(20), '50 lines': quoting(50) },
  placeOrder: {
    '1 line': ordering(1),
    '2 lines': ordering(2),
    '20 lines': ordering(20),
    '50 lines': ordering(50),
  },
  getOrder: { '1 line': orderShown(1), '20 lines': orderShown(20) },
  cancelOrder: async (scene) => {
    const { client, id } = await order(scene)
    return { as: client, path: `/v1/orders/${id}/cancel`, body: {} }
  },
  adminGetOrder: async (scene) => ({ path: `/v1/admin/orders/${(await order(scene, 3)).id}` }),
  adminUpdateOrder: async (scene) => ({
    path: `/v1/admin/orders/${(await order(scene)).id}`,
    ...versioned({ admin_notes: unique() }),
  }),
  adminDeleteOrder: async (scene) => {
    const { id } = await order(scene)
    await scene.owner.post(`/v1/admin/orders/${id}/cancel`, {}, 200)
    return { path: `/v1/admin/orders/${id}` }
  },
  adminUpdateOrderStatus: async (scene) => ({
    path: `/v1/admin/orders/${(await order(scene)).id}/status`,
    body: { status: 'processing' },
  }),
  adminCancelOrder: async (scene) => ({
    path: `/v1/admin/orders/${(await order(scene)).id}/cancel`,
    body: {},
  }),
  adminCapturePayment: async (scene) => ({ path: `/v1/admin/orders/${(await order(scene)).id}/capture` }),
  adminRefundPayment: async (scene) => {
    const { id } = await order(scene)
    await scene.owner.post(`/v1/admin/orders/${id}/capture`, undefined, 200)
    return { path: `/v1/admin/orders/${id}/refund`, body: {} }
  },
  adminCreateShippingMethod: () => ({ body: shippingMethod() }),
  adminUpdateShippingMethod: async ({ owner }) => ({
    path: `/v1/admin/shipping-methods/${await newShippingMethod(owner)}`,
    ...versioned({ name: unique() }),
  }),
  adminDeleteShippingMethod: async ({ owner }) => ({
    path: `/v1/admin/shipping-methods/${await newShippingMethod(owner)}`,
  }),

  getTenant: ({ shop }) => ({ path: `/platform/v1/tenants/${shop.id}` }),
  createOwnerInvitation: ({ shop }) => ({ path: `/platform/v1/tenants/${shop.id}/owner-invitations` }),
}

const product = (variants: number) => ({
  name: unique(),
  status: 'active',
  options: [{ name: 'Size', values: Array.from({ length: variants }, (_, n) => `S${n}`) }],
  variants: Array.from(
    { length: variants },
    (_, n) => ({ option_values: [`S${n}`], price: 1_000, stock: 5 }),
  ),
})

/** What the shop has no way to have: reported, not counted. */
export const UNREACHABLE = new Set([
  // They need a message that failed, and take as long as it takes to fail.
  'adminGetFailedMessage',
  'adminDeleteFailedMessage',
  'adminRetryFailedMessages',
  'adminRetryFailedMessage',
  // Work of an hour's import, in batches of its own.
  'adminCreateProductImport',
  // Made and undone with a server's own statements, by an administrator that nobody counts.
  'createTenant',
  'deleteTenant',
  'createSubscription',
  'setTenantStatus',
])
