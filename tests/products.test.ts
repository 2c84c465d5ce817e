import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import mysql from 'mysql2/promise'
import { commitReservation } from '../services/products/operations/stock/commit.ts'
import { expireReservations, nextOverdueReservation } from '../services/products/operations/stock/expire.ts'
import { quote } from '../services/products/operations/variants/quote.ts'
import { release } from '../services/products/operations/stock/release.ts'
import { reserve } from '../services/products/operations/stock/reserve.ts'
import type { Ctx } from '../services/products/needs.ts'
import { databaseName } from '../shared/db/databases.ts'
import { idToBytes, newId } from '../shared/kernel/id.ts'
import { seedCatalogue } from '../tools/bench/seed-catalogue.ts'
import { eventsOf, hostProducts } from './support/products-parts.ts'
import { newProduct } from './support/selling.ts'
import { type Client, newShop, type Shop } from './support/shops.ts'
import { stockOf } from './support/stock.ts'
import { until } from './support/until.ts'

// deno-lint-ignore no-explicit-any
type Json = any

let shop: Shop
let owner: Client
let host: ReturnType<typeof hostProducts>
let ctx: Ctx

beforeAll(async () => {
  host = hostProducts()
  shop = await newShop()
  owner = await shop.owner()
  ctx = host.contextOf(shop)
})
afterAll(() => host?.stop())

let count = 0
const create = async (changes: Json = {}, expected = 201): Promise<Json> =>
  (await owner.post('/v1/admin/products', {
    name: `Thing ${++count}`,
    status: 'active',
    variants: [{ price: 1000, stock: 5 }],
    ...changes,
  }, expected)).body
const createIn = async (kind: 'brands' | 'categories', body: Json) =>
  (await owner.post(`/v1/admin/${kind}`, body, 201)).body
const get = async (path: string, expected = 200): Promise<Json> =>
  (await shop.visitor().get(path, expected)).body
const slugs = (page: Json) => page.data.map((each: Json) => each.slug)
const search = async (words: string) =>
  slugs(await get(`/v1/products/search?limit=50&q=${encodeURIComponent(words)}`))
const refuse = <T>(promise: Promise<T>) => promise.then(() => undefined, (error) => error)

async function everyPage(path: string): Promise<string[]> {
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Json = await get(`${path}${cursor && `&cursor=${cursor}`}`)
    seen.push(...slugs(page))
    cursor = page.next_cursor
  }
  return seen
}

describe('what shoppers see', () => {
  test('a product by id and by slug, with net and gross prices, without what only staff may know', async () => {
    const made = await create({
      name: 'Ocean Shirt',
      slug: 'ocean-shirt',
      options: [{ name: 'Size', values: ['S', 'M'] }],
      images: [{ url: 'https://img.example.com/1.jpg', alt_text: 'front' }, { url: '/media/2.jpg' }],
      variants: [
        { option_values: ['M'], sku: 'OS-M', price: 1666, compare_at_price: 2000, cost_price: 700, stock: 3 },
        { option_values: ['S'], price: 1500, stock: 0 },
      ],
    })
    const shown = await get('/v1/products/ocean-shirt')
    expect(await get(`/v1/products/${made.id}`)).toEqual(shown)
    expect(shown).toMatchObject({
      ref: 'ocean-shirt',
      options: [{ name: 'Size', values: ['S', 'M'] }],
      on_sale: true,
      in_stock: true,
      price_range: {
        min: { net: { amount: 1500 }, gross: { amount: 1800 } },
        max: { net: { amount: 1666 }, gross: { amount: 1999 } },
      },
      images: [{ url: 'https://img.example.com/1.jpg', position: 0 }, { url: '/media/2.jpg', position: 1 }],
    })
    expect(shown.variants).toMatchObject([
      { option_values: ['M'], available: true, vat_rate: 2000 },
      { option_values: ['S'], available: false },
    ])
    expect(JSON.stringify(shown)).not.toContain('cost')
    const [card] = (await get('/v1/products?q=ocean')).data
    expect(card).toMatchObject({
      slug: 'ocean-shirt',
      image: { alt_text: 'front' },
      price_range: shown.price_range,
      in_stock: true,
    })
  })

  test('a copy that is still right is not sent again', async () => {
    await create({ slug: 'cached' })
    const { headers } = await shop.visitor().get('/v1/products/cached', 200)
    expect(headers['cache-control']).toContain('public')
    expect(
      (await shop.visitor().get('/v1/products/cached', undefined, { 'if-none-match': headers.etag })).status,
    ).toBe(304)
  })

  test('drafts, archived and deleted products answer like products that are not there', async () => {
    for (const status of ['draft', 'archived']) {
      await create({ slug: `hidden-${status}`, name: 'Concealed', status })
    }
    const { id } = await create({ slug: 'hidden-deleted', name: 'Concealed' })
    await owner.delete(`/v1/admin/products/${id}`, 204)
    for (const which of ['hidden-draft', 'hidden-archived', 'hidden-deleted', id]) {
      await get(`/v1/products/${which}`, 404)
    }
    expect(await search('concealed')).toEqual([])
  })

  test('untaxed variants cost what they cost net, in the list as in the product', async () => {
    await create({
      slug: 'voucher',
      name: 'Voucher',
      variants: [{ price: 5000, taxable: false, tracks_stock: false }],
    })
    const shown = await get('/v1/products/voucher')
    expect(shown.variants[0]).toMatchObject({
      vat_rate: 0,
      price: { gross: { amount: 5000 } },
      available: true,
    })
    expect((await get('/v1/products?q=voucher')).data[0].price_range).toEqual(shown.price_range)
  })
})

describe('lists', () => {
  let full: Shop
  beforeAll(async () => {
    full = await newShop()
    const connection = await mysql.createConnection({
      uri: full.on.databaseUrl,
      database: databaseName(full.id, 'products'),
    })
    await seedCatalogue(connection, { products: 130, brands: 4, categories: 12 })
    await connection.end()
  })
  const all = async (query: string): Promise<Json[]> => {
    const found: Json[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body } = await full.visitor().get(
        `/v1/products?limit=50&${query}${cursor && `&cursor=${cursor}`}`,
        200,
      )
      found.push(...body.data)
      cursor = body.next_cursor
    }
    return found
  }

  test.each(['newest', 'name', '-name', 'price', '-price'])(
    'by %s every product comes once, in order',
    async (sort) => {
      const found = await all(`sort=${sort}`)
      expect(new Set(found.map((each) => each.id)).size).toBe(130)
      const keys = found.map((each) =>
        sort === 'newest'
          ? -Date.parse(each.created_at)
          : sort.endsWith('price')
          ? each.price_range.min.net.amount
          : each.name.toLowerCase()
      )
      const sorted = [...keys].sort((a, b) => a < b ? -1 : a > b ? 1 : 0)
      expect(keys).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted)
    },
  )

  test('filters hold for every product shown, and leave out none', async () => {
    const whole = await all('')
    const expectOnly = async (query: string, holds: (each: Json) => boolean) => {
      const ids = (await all(query)).map((each) => each.id).sort()
      expect(ids, query).toEqual(whole.filter(holds).map((each) => each.id).sort())
      expect(ids.length, query).toBeGreaterThan(0)
    }
    await expectOnly('brand=brand-1&sort=price', (each) => each.brand.slug === 'brand-1')
    await expectOnly('on_sale=true', (each) => each.on_sale)
    await expectOnly('on_sale=false&sort=-price', (each) => !each.on_sale)
    await expectOnly('in_stock=true', (each) => each.in_stock)
    await expectOnly(
      'min_price=2000&max_price=3000',
      ({ price_range: { min, max } }) => max.net.amount >= 2000 && min.net.amount <= 3000,
    )
    await expectOnly('q=copper', (each) => copper.has(each.slug))
    expect(await all('featured=true')).toEqual([])
    expect((await all('tag=tag-7')).map((each) => each.slug).sort()).toEqual(['product-107', 'product-7'])
    expect(await all('brand=nothing')).toEqual([])
  })
  /** Descriptions and tags are searched too. */
  const copper = new Set<string>()
  beforeAll(async () => {
    const rows = await full.rows<{ slug: string }>(
      'products',
      `SELECT slug FROM products WHERE LOWER(CONCAT(name, description, tags)) LIKE '%copper%'`,
    )
    for (const { slug } of rows) copper.add(slug)
  })

  test('a category lists what is in it and below it, and counts the same', async () => {
    const { body: tree } = await full.visitor().get('/v1/categories', 200)
    const nodes = (node: Json): Json[] => [node, ...node.children.flatMap(nodes)]
    const every = tree.data.flatMap(nodes)
    expect(every.length).toBe(12)
    for (const node of every) {
      expect((await all(`category=${node.slug}`)).length, node.slug).toBe(node.product_count)
      expect((await full.visitor().get(`/v1/categories/${node.id}`, 200)).body).toEqual(node)
    }
    expect(
      every.some((node: Json) =>
        node.children.length > 0 && node.product_count > node.children[0].product_count
      ),
    ).toBe(true)
    await full.visitor().get('/v1/categories/nothing/products', 404)
  })

  test('brands are counted and listed by name', async () => {
    const { body } = await full.visitor().get('/v1/brands?limit=3', 200)
    const { body: rest } = await full.visitor().get(`/v1/brands?limit=3&cursor=${body.next_cursor}`, 200)
    const brands = [...body.data, ...rest.data]
    expect(brands.map((each: Json) => each.name)).toEqual(['Brand 0', 'Brand 1', 'Brand 2', 'Brand 3'])
    expect(brands.reduce((sum: number, each: Json) => sum + each.product_count, 0)).toBe(130)
    expect((await full.visitor().get('/v1/brands/brand-2/products?limit=1', 200)).body.data[0].brand.slug)
      .toBe('brand-2')
    await full.visitor().get('/v1/brands/nothing/products', 404)
  })

  test('a cursor of one order is refused in another', async () => {
    const { body } = await full.visitor().get('/v1/products?sort=name&limit=1', 200)
    expect((await full.visitor().get(`/v1/products?sort=price&cursor=${body.next_cursor}`)).body.code).toBe(
      'invalid_cursor',
    )
    expect((await full.visitor().get('/v1/products?cursor=nonsense')).status).toBe(400)
    expect((await full.visitor().get('/v1/products?limit=51')).status).toBe(422)
  })

  test('no more products than the plan holds', async () => {
    const small = await newShop({ plan: 'standard' })
    const connection = await mysql.createConnection({
      uri: small.on.databaseUrl,
      database: databaseName(small.id, 'products'),
    })
    await seedCatalogue(connection, { products: 1_999, variants: 1 })
    await connection.end()
    const merchant = await small.owner()
    await newProduct(merchant)
    const refused = await merchant.post('/v1/admin/products', { name: 'One more', variants: [{}] }, 403)
    expect(refused.body).toMatchObject({ code: 'plan_limit', limit: 2_000 })
  })
})

describe('search', () => {
  test('finds by name, reference, SKU, brand, tag and description, without case and accents, from the beginning of words', async () => {
    const brand = await createIn('brands', { name: 'Æther & Fils' })
    await create({
      slug: 'creme',
      name: 'Crème Brûlée XS',
      ref: 'CB-2024/7',
      brand_id: brand.id,
      tags: ['dessert'],
      description: '<p>Made of <b>vanille</b></p>',
      variants: [{ price: 500, sku: 'SKÜ_99' }],
    })
    for (
      const words of [
        'creme',
        'BRÛL',
        'xs',
        'cb-2024/7',
        'cb20247',
        'aether',
        'dessert vanil',
        'skü_99',
        'brulee creme',
      ]
    ) {
      expect(await search(words), words).toEqual(['creme'])
    }
    expect(await search('creme chocolat')).toEqual([])
  })

  test('stop words, other scripts and operators are words like any other, or nothing', async () => {
    await create({ slug: 'the-who', name: 'The Who' })
    await create({ slug: 'cha', name: '抹茶 Чай' })
    expect(await search('the who')).toEqual(['the-who'])
    expect(await search('抹茶')).toEqual(['cha'])
    expect(await search('чай')).toEqual(['cha'])
    for (
      const words of [
        '+-',
        '"the',
        '(who',
        'who)',
        '@4 who',
        '~who',
        'who*',
        '%_',
        "'; DROP TABLE products; --",
        '\\\\',
      ]
    ) {
      await get(`/v1/products/search?q=${encodeURIComponent(words)}`)
    }
    await get('/v1/products/search?q=a', 422)
  })

  test('the name itself comes first', async () => {
    await create({ slug: 'about-lamps', name: 'Shade', description: 'zirkon zirkon zirkon lamp' })
    await create({ slug: 'zirkon', name: 'Zirkon' })
    expect(await search('zirkon')).toEqual(['zirkon', 'about-lamps'])
    const first = await get('/v1/products/search?q=zirkon&limit=1')
    expect(slugs(await get(`/v1/products/search?q=zirkon&limit=1&cursor=${first.next_cursor}`))).toEqual([
      'about-lamps',
    ])
  })
})

describe('staff', () => {
  test('a description is made safe before it is stored', async () => {
    const { id } = await create({
      description:
        '<p onclick="x()">ok</p><script>alert(1)</script><a href="javascript:x()">a</a><img src=x onerror=y><iframe src=z></iframe>',
    })
    const { description } = await get(`/v1/products/${id}`)
    expect(description).toContain('<p>ok</p>')
    expect(description).not.toMatch(/script|onclick|onerror|iframe/)
  })

  test('what is not right is refused with where it is', async () => {
    const pointers = async (changes: Json) =>
      (await create(changes, 422)).errors.map((error: Json) => error.pointer)
    expect(
      await pointers({ brand_id: newId('brand'), vat_rate_id: newId('vat'), category_ids: [newId('cat')] }),
    )
      .toEqual(['/brand_id', '/vat_rate_id', '/category_ids/0'])
    expect(
      await pointers({
        options: [{ name: 'Size' }],
        variants: [{ option_values: ['S'] }, { option_values: ['s'] }, {}],
      }),
    )
      .toEqual(['/variants/1/option_values', '/variants/2/option_values'])
    expect(await pointers({ images: [{ url: 'javascript:alert(1)' }] })).toEqual(['/images/0/url'])
    await create({ slug: 'taken', ref: 'TAKEN' })
    expect((await create({ slug: 'taken' }, 409)).code).toBe('already_exists')
    expect((await create({ ref: 'TAKEN' }, 409)).code).toBe('already_exists')
    expect((await create({ name: 'Taken' })).slug).toMatch(/^taken-\w{8}$/)
  })

  test('a change needs the version that was read, and reaches price range, search and events', async () => {
    const made = await create({ name: 'Before', slug: 'changing' })
    const path = `/v1/admin/products/${made.id}`
    const { headers } = await owner.get(path, 200)
    expect((await owner.patch(path, { name: 'Afterwards' })).status).toBe(428)
    const images = [{ url: 'https://img.example.com/new.jpg' }]
    const { body } = await owner.patch(path, { name: 'Afterwards', images }, 200, {
      'if-match': headers.etag,
    })
    expect(body).toMatchObject({ name: 'Afterwards', version: 2 })
    expect((await owner.patch(path, { name: 'Again' }, undefined, { 'if-match': headers.etag })).status).toBe(
      412,
    )
    expect(await search('afterwards')).toEqual([made.slug])
    expect(await search('before')).toEqual([])
    const ofProduct = async (type: string) =>
      (await eventsOf<Json>(shop, type)).filter((data) => data.product_id === made.id)
    expect(await ofProduct('products.product.created')).toMatchObject([{
      price: 1000,
      stock: 5,
      vat_rate: 2000,
    }])
    expect(await ofProduct('products.product.updated')).toMatchObject([{
      name: 'Afterwards',
      updated_fields: ['name', 'images'],
    }])
    expect(await ofProduct('products.image.added')).toMatchObject([{ url: images[0]!.url }])
    const audits = await shop.rows<{ action: string }>(
      'products',
      'SELECT action FROM audit_log WHERE target = ? ORDER BY id',
      [made.id],
    )
    expect(audits.map(({ action }) => action)).toEqual(['product.created', 'product.updated'])
  })

  test('of changes at the same time to the same version one is made', async () => {
    const { id } = await create()
    const answers = await Promise.all(
      Array.from(
        { length: 6 },
        (_, n) =>
          owner.patch(`/v1/admin/products/${id}`, { name: `Name ${n}` }, undefined, { 'if-match': '"v1"' }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412, 412])
  })

  test('a deleted product frees its slug and reference', async () => {
    const first = await create({ slug: 'phoenix', ref: 'PHX' })
    await owner.delete(`/v1/admin/products/${first.id}`, 204)
    await owner.delete(`/v1/admin/products/${first.id}`, 404)
    const second = await create({ slug: 'phoenix', ref: 'PHX' })
    expect((await get('/v1/products/phoenix')).id).toBe(second.id)
    const gone = (await eventsOf<Json>(shop, 'products.product.deleted')).find((data) =>
      data.product_id === first.id
    )
    expect(gone).toMatchObject({ ref: 'PHX', variant_ids: [first.variants[0].id] })
  })

  test('variants come, change and go, and the product keeps up', async () => {
    const made = await create({
      options: [{ name: 'Size' }],
      variants: [{ option_values: ['S'], price: 1000 }],
    })
    const added = (await owner.post(`/v1/admin/products/${made.id}/variants`, {
      option_values: ['M'],
      price: 3000,
      stock: 2,
    }, 201)).body
    await owner.post(`/v1/admin/products/${made.id}/variants`, { option_values: ['m'] }, 422)
    let shown = await get(`/v1/products/${made.id}`)
    expect(shown).toMatchObject({
      options: [{ name: 'Size', values: ['S', 'M'] }],
      price_range: { max: { net: { amount: 3000 } } },
    })
    await owner.patch(`/v1/admin/variants/${added.id}`, { price: 500, compare_at_price: 900 }, 200)
    shown = await get(`/v1/products/${made.id}`)
    expect(shown).toMatchObject({
      on_sale: true,
      price_range: { min: { net: { amount: 500 } }, max: { net: { amount: 1000 } } },
    })
    const changed = (await eventsOf<Json>(shop, 'products.product.price_changed')).filter((data) =>
      data.product_id === made.id
    )
    expect(changed).toEqual([{
      product_id: made.id,
      variant_id: added.id,
      old_price: 3000,
      new_price: 500,
    }])
    await owner.delete(`/v1/admin/variants/${made.variants[0].id}`, 204)
    expect((await get(`/v1/products/${made.id}`)).options).toEqual([{ name: 'Size', values: ['M'] }])
    expect((await owner.delete(`/v1/admin/variants/${added.id}`)).body.code).toBe('in_use')
  })

  test('stock is set, raised and lowered, never below what orders hold', async () => {
    const { variants: [{ id }] } = await create({ variants: [{ price: 100, stock: 5 }] })
    const adjust = (operation: string, quantity: number, expected: number) =>
      owner.post(`/v1/admin/variants/${id}/stock`, { operation, quantity, reason: 'count' }, expected)
    await reserve(ctx, { order_id: newId('ord'), lines: [{ variant_id: id, quantity: 3 }] })
    expect((await adjust('increment', 2, 200)).body).toEqual({
      variant_id: id,
      stock: 7,
      reserved: 3,
      available: 4,
    })
    expect((await adjust('decrement', 5, 409)).body).toMatchObject({
      code: 'out_of_stock',
      lines: [{ available: 4 }],
    })
    expect((await adjust('set', 2, 409)).body.code).toBe('out_of_stock')
    expect((await adjust('decrement', 4, 200)).body.available).toBe(0)
    const told = (await eventsOf<Json>(shop, 'products.inventory.updated')).filter((data) =>
      data.variant_id === id
    )
    expect(told.slice(0, 2)).toMatchObject([
      { previous_stock: 5, new_stock: 7, change: 2, reason: 'count' },
      { previous_stock: 7, new_stock: 3, change: -4 },
    ])
    const last = await create({ variants: [{ price: 100, stock: 1 }] })
    await owner.post(
      `/v1/admin/variants/${last.variants[0].id}/stock`,
      { operation: 'set', quantity: 0 },
      200,
    )
    expect((await eventsOf<Json>(shop, 'products.product.out_of_stock')).map((data) => data.variant_id))
      .toContain(last.variants[0].id)
  })

  test('a category can’t be moved below itself, nor deleted while products are below it', async () => {
    const top = await createIn('categories', { name: 'Top' })
    const middle = await createIn('categories', { name: 'Middle', parent_id: top.id })
    const bottom = await createIn('categories', { name: 'Bottom', parent_id: middle.id })
    const moved = await owner.patch(`/v1/admin/categories/${top.id}`, { parent_id: bottom.id }, 422)
    expect(moved.body.errors[0].pointer).toBe('/parent_id')
    await owner.patch(`/v1/admin/categories/${top.id}`, { parent_id: top.id }, 422)
    const { id } = await create({ category_ids: [bottom.id] })
    expect((await get('/v1/categories/top')).product_count).toBe(1)
    expect((await owner.delete(`/v1/admin/categories/${top.id}`)).body.code).toBe('in_use')
    await owner.patch(`/v1/admin/categories/${middle.id}`, { is_active: false }, 200)
    await get('/v1/categories/bottom', 404)
    expect(await everyPage('/v1/products?category=top')).toEqual([])
    await owner.delete(`/v1/admin/products/${id}`, 204)
    await owner.delete(`/v1/admin/categories/${top.id}`, 204)
    await owner.get(`/v1/admin/categories/${bottom.id}`, 404)
  })

  test('two moves that would close a circle together are not both made', async () => {
    const [one, two] = [
      await createIn('categories', { name: 'One' }),
      await createIn('categories', { name: 'Two' }),
    ]
    const answers = await Promise.all([
      owner.patch(`/v1/admin/categories/${one.id}`, { parent_id: two.id }),
      owner.patch(`/v1/admin/categories/${two.id}`, { parent_id: one.id }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
  })

  test('a brand’s new name is found; it can’t be deleted while it is used', async () => {
    const brand = await createIn('brands', { name: 'Oldname' })
    const { id, slug } = await create({ brand_id: brand.id })
    await owner.patch(`/v1/admin/brands/${brand.id}`, { name: 'Newname' }, 200)
    await until('its products are found by it', async () => (await search('newname'))[0] === slug)
    expect((await owner.delete(`/v1/admin/brands/${brand.id}`)).body.code).toBe('in_use')
    await owner.delete(`/v1/admin/products/${id}`, 204)
    await owner.delete(`/v1/admin/brands/${brand.id}`, 204)
  })

  test('customers see no drafts and no costs, whatever their permission to view', async () => {
    const customer = await shop.customer()
    const { id } = await create({ status: 'draft' })
    for (
      const path of [
        '/v1/admin/products',
        `/v1/admin/products/${id}`,
        '/v1/admin/brands',
        '/v1/admin/categories',
      ]
    ) await customer.get(path, 403)
    const { body } = await owner.get('/v1/admin/products?status=draft&limit=100', 200)
    expect(body.data.map((each: Json) => each.id)).toContain(id)
    expect(new Set(body.data.map((each: Json) => each.status))).toEqual(new Set(['draft']))
  })

  test('the French VAT rates are there, and once', async () => {
    const { data } = await get('/v1/vat-rates')
    expect(data.map(({ rate, is_default }: Json) => [rate, is_default])).toEqual([[0, false], [550, false], [
      1000,
      false,
    ], [2000, true]])
  })
})

describe('stock of orders', () => {
  const shelf = async (...variants: Json[]): Promise<Json[]> =>
    (await create({
      options: [{ name: 'No' }],
      variants: variants.map((each, n) => ({ price: 100, option_values: [`${n}`], ...each })),
    })).variants
  const line = (variant: Json, quantity: number) => ({ variant_id: variant.id, quantity })
  const order = () => newId('ord')

  test('a quote tells price, tax and availability now, and leaves out what is hidden', async () => {
    const { rate: reduced } = (await get('/v1/vat-rates')).data[1]
    const rates = (await get('/v1/vat-rates')).data
    const made = await create({
      vat_rate_id: rates[1].id,
      images: [{ url: '/media/q.jpg' }],
      variants: [{ price: 1234, stock: 4 }],
    })
    const draft = await create({ status: 'draft' })
    const { variants } = await quote(ctx, {
      variants: [made.variants[0].id, draft.variants[0].id, newId('var')],
    })
    expect(variants).toEqual([{
      variant_id: made.variants[0].id,
      product_id: made.id,
      name: made.name,
      ref: made.ref,
      sku: null,
      slug: made.slug,
      option_values: [],
      image_url: '/media/q.jpg',
      price: 1234,
      vat_rate: reduced,
      available: 4,
      requires_shipping: true,
      category_ids: [],
    }])
    const many = Array.from({ length: 99 }, () => newId('var'))
    expect((await quote(ctx, { variants: [...many, made.variants[0].id] })).variants).toHaveLength(1)
    expect(await quote(ctx, { variants: [] })).toEqual({ variants: [] })
  })

  test('however many orders come at once, no unit is promised twice', async () => {
    const [a, b] = await shelf({ stock: 10 }, { stock: 100 })
    const orders = Array.from({ length: 30 }, order)
    const outcomes = await Promise.all(
      orders.map((order_id, n) =>
        refuse(reserve(ctx, { order_id, lines: n % 2 ? [line(a, 1), line(b, 2)] : [line(b, 2), line(a, 1)] }))
      ),
    )
    expect(outcomes.filter((error) => error === undefined)).toHaveLength(10)
    for (const error of outcomes.filter(Boolean)) {
      expect(error).toMatchObject({
        code: 'out_of_stock',
        extra: { lines: [{ variant_id: a.id, requested: 1, available: 0 }] },
      })
    }
    expect(await stockOf(shop, a.id)).toEqual({ stock: 10, reserved: 10 })
    expect(await stockOf(shop, b.id)).toEqual({ stock: 100, reserved: 20 })
  })

  test('an order that falls short is told of every line, and holds nothing', async () => {
    const [a, b, c] = await shelf({ stock: 1 }, { stock: 5 }, { stock: 0 })
    const missing = newId('var')
    const error = await refuse(
      reserve(ctx, {
        order_id: order(),
        lines: [line(a, 1), line(c, 1), line(a, 1), line(b, 1), { variant_id: missing, quantity: 1 }],
      }),
    )
    expect(error.code).toBe('out_of_stock')
    expect(new Set(error.extra.lines)).toEqual(
      new Set([
        { variant_id: a.id, requested: 2, available: 1 },
        { variant_id: c.id, requested: 1, available: 0 },
        { variant_id: missing, requested: 1, available: 0 },
      ]),
    )
    for (const each of [a, b, c]) expect((await stockOf(shop, each.id)).reserved).toBe(0)
  })

  test('the same order reserves once, and not again after it gave back', async () => {
    const [a] = await shelf({ stock: 5 })
    const order_id = order()
    const first = await Promise.all([1, 2, 3].map(() => reserve(ctx, { order_id, lines: [line(a, 2)] })))
    expect(new Set(first.map(({ expires_at }) => expires_at)).size).toBe(1)
    expect(await stockOf(shop, a.id)).toEqual({ stock: 5, reserved: 2 })
    await Promise.all([release(ctx, { order_id }), release(ctx, { order_id })])
    await release(ctx, { order_id })
    expect(await stockOf(shop, a.id)).toEqual({ stock: 5, reserved: 0 })
    expect((await refuse(reserve(ctx, { order_id, lines: [line(a, 1)] }))).code).toBe('conflict')
    const early = order()
    await release(ctx, { order_id: early })
    expect((await refuse(reserve(ctx, { order_id: early, lines: [line(a, 1)] }))).code).toBe('conflict')
    expect(await stockOf(shop, a.id)).toEqual({ stock: 5, reserved: 0 })
  })

  test('a confirmed order takes its stock once; cancelled later, it comes back once', async () => {
    const [a] = await shelf({ stock: 2 })
    const order_id = order()
    await reserve(ctx, { order_id, lines: [line(a, 2)] })
    await Promise.all([
      commitReservation(ctx, order_id, [line(a, 2)]),
      commitReservation(ctx, order_id, [line(a, 2)]),
    ])
    await commitReservation(ctx, order_id, [line(a, 2)])
    expect(await stockOf(shop, a.id)).toEqual({ stock: 0, reserved: 0 })
    const told = async () =>
      (await eventsOf<Json>(shop, 'products.inventory.updated')).filter((data) => data.variant_id === a.id)
    expect(await told()).toMatchObject([{ previous_stock: 2, new_stock: 0, change: -2, reason: 'sold' }])
    expect(
      (await eventsOf<Json>(shop, 'products.product.out_of_stock')).filter((data) =>
        data.variant_id === a.id
      ),
    ).toHaveLength(1)
    await release(ctx, { order_id })
    await release(ctx, { order_id })
    expect(await stockOf(shop, a.id)).toEqual({ stock: 2, reserved: 0 })
    expect((await told())[1]).toMatchObject({
      previous_stock: 0,
      new_stock: 2,
      change: 2,
      reason: 'cancelled',
    })
  })

  test('a cancellation heard before the confirmation leaves the stock whole', async () => {
    const [a] = await shelf({ stock: 3 })
    const order_id = order()
    await reserve(ctx, { order_id, lines: [line(a, 1)] })
    await release(ctx, { order_id })
    await commitReservation(ctx, order_id, [line(a, 1)])
    expect(await stockOf(shop, a.id)).toEqual({ stock: 3, reserved: 0 })
  })

  test('a confirmation after its reservation expired takes the stock if it is there, else fails', async () => {
    const [a] = await shelf({ stock: 2 })
    const [late, tooLate] = [order(), order()]
    for (const order_id of [late, tooLate]) {
      await reserve(ctx, { order_id, lines: [line(a, 2)] })
      await release(ctx, { order_id }, 'expired')
    }
    await commitReservation(ctx, late, [line(a, 2)])
    expect(await stockOf(shop, a.id)).toEqual({ stock: 0, reserved: 0 })
    expect(await refuse(commitReservation(ctx, tooLate, [line(a, 2)]))).toMatchObject({
      code: 'out_of_stock',
    })
    await release(ctx, { order_id: late })
    expect(await stockOf(shop, a.id)).toEqual({ stock: 2, reserved: 0 })
  })

  test('what is sold without limit or on backorder is reserved, taken and given back alike', async () => {
    const [free, back, mixed] = await shelf({ tracks_stock: false }, { allows_backorder: true, stock: 1 }, {
      allows_backorder: true,
      stock: 5,
    })
    const lines = [line(free, 9), line(back, 3), line(mixed, 2)]
    const levels = () => Promise.all([free, back, mixed].map((each) => stockOf(shop, each.id)))
    const before = await levels()
    for (const isCommitted of [false, true]) {
      const order_id = order()
      await reserve(ctx, { order_id, lines })
      expect(await levels()).toEqual([{ stock: 0, reserved: 0 }, { stock: 1, reserved: 0 }, {
        stock: 5,
        reserved: 2,
      }])
      if (isCommitted) {
        await commitReservation(ctx, order_id, lines)
        expect(await levels()).toEqual([{ stock: 0, reserved: 0 }, { stock: 1, reserved: 0 }, {
          stock: 3,
          reserved: 0,
        }])
      }
      await release(ctx, { order_id })
      expect(await levels()).toEqual(before)
    }
  })

  test('what is held past its time is asked about: taken, extended or given back', async () => {
    const [a] = await shelf({ stock: 10 })
    const orders = {
      confirmed: order(),
      shipped: order(),
      pending: order(),
      cancelled: order(),
      unknown: order(),
    }
    for (const [state, order_id] of Object.entries(orders)) {
      if (state !== 'unknown') host.states.set(order_id, state as 'pending')
      await reserve(ctx, { order_id, lines: [line(a, 1)] })
    }
    const ids = Object.values(orders).map((id) => Buffer.from(idToBytes('ord', id)))
    await shop.rows(
      'products',
      'UPDATE reservations SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE order_id IN (?)',
      [ids],
    )
    expect((await nextOverdueReservation(ctx.db))!.getTime()).toBeLessThan(Date.now())
    await expireReservations(ctx)
    expect(await stockOf(shop, a.id)).toEqual({ stock: 8, reserved: 1 })
    expect((await nextOverdueReservation(ctx.db))!.getTime()).toBeGreaterThan(Date.now())
    const statuses = await shop.rows<{ status: string }>(
      'products',
      'SELECT status FROM reservations WHERE order_id IN (?) ORDER BY order_id',
      [ids],
    )
    expect(statuses.map(({ status }) => status)).toEqual([
      'committed',
      'committed',
      'held',
      'released',
      'expired',
    ])
  })
})
