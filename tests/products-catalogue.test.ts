import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import mysql from 'mysql2/promise'
import type { Ctx } from '../services/products/needs.ts'
import { release } from '../services/products/operations/stock/release.ts'
import { reserve } from '../services/products/operations/stock/reserve.ts'
import { quote } from '../services/products/operations/variants/quote.ts'
import { databaseName, PLATFORM_DATABASE } from '../shared/db/databases.ts'
import { newId } from '../shared/kernel/id.ts'
import { seedCatalogue } from '../tools/bench/seed-catalogue.ts'
import { eventsOf, hostProducts } from './support/products-parts.ts'
import { type Client, newShop, type Shop } from './support/shops.ts'
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
const create = async (changes: Json = {}, by = owner): Promise<Json> =>
  (await by.post('/v1/admin/products', {
    name: `Thing ${++count}`,
    status: 'active',
    variants: [{ price: 1000, stock: 5 }],
    ...changes,
  }, 201)).body
const createIn = async (kind: 'brands' | 'categories' | 'vat-rates', body: Json): Promise<Json> =>
  (await owner.post(`/v1/admin/${kind}`, body, 201)).body
const get = async (path: string, of = shop): Promise<Json> => (await of.visitor().get(path, 200)).body
const search = async (words: string): Promise<string[]> =>
  (await get(`/v1/products/search?limit=50&q=${encodeURIComponent(words)}`)).data.map((each: Json) =>
    each.slug
  )

/** How often the catalogue was told to be another one, while `work` was done. */
async function told(work: () => Promise<unknown>, of = shop): Promise<number> {
  const before = (await eventsOf(of, 'products.catalogue.changed')).length
  await work()
  return (await eventsOf(of, 'products.catalogue.changed')).length - before
}

describe('what shoppers can see is announced', () => {
  test('once for each change of products, brands, categories and VAT rates', async () => {
    const brand = await createIn('brands', { name: 'Announced' })
    const category = await createIn('categories', { name: 'Announced' })
    const rate = await createIn('vat-rates', { name: 'Announced', rate: 100 })
    const { id, variants: [variant] } = await create({ brand_id: brand.id, category_ids: [category.id] })
    const changes: Record<string, () => Promise<unknown>> = {
      'a brand': () => createIn('brands', { name: 'Told' }),
      'its logo': () => owner.patch(`/v1/admin/brands/${brand.id}`, { logo_url: '/media/a.png' }, 200),
      'a category': () => createIn('categories', { name: 'Told' }),
      'its place': () => owner.patch(`/v1/admin/categories/${category.id}`, { position: 3 }, 200),
      'a rate': () => owner.patch(`/v1/admin/vat-rates/${rate.id}`, { rate: 200 }, 200),
      'a product': () => create(),
      'a price': () => owner.patch(`/v1/admin/variants/${variant.id}`, { price: 5 }, 200),
      'another variant of no options is refused': () =>
        owner.post(`/v1/admin/products/${id}/variants`, {}, 422),
      'its end': () => owner.delete(`/v1/admin/products/${id}`, 204),
      'the end of a brand': () => owner.delete(`/v1/admin/brands/${brand.id}`, 204),
      'the end of a category': () => owner.delete(`/v1/admin/categories/${category.id}`, 204),
      'the end of a rate': () => owner.delete(`/v1/admin/vat-rates/${rate.id}`, 204),
    }
    for (const [what, work] of Object.entries(changes)) {
      expect(await told(work), what).toBe(what.includes('refused') ? 0 : 1)
    }
  })

  test('not for drafts', async () => {
    expect(await told(() => create({ status: 'draft' }))).toBe(0)
  })

  test('stock: where the last unit goes or the first one comes, and not in between', async () => {
    const { variants: [{ id }] } = await create({ variants: [{ price: 100, stock: 3 }] })
    const adjust = (operation: string, quantity: number) =>
      owner.post(`/v1/admin/variants/${id}/stock`, { operation, quantity }, 200)
    expect(await told(() => adjust('decrement', 1))).toBe(0)
    const [first, second] = [newId('ord'), newId('ord')]
    const hold = (order_id: typeof first) =>
      reserve(ctx, { order_id, lines: [{ variant_id: id, quantity: 1 }] })
    expect(await told(() => hold(first))).toBe(0)
    expect(await told(() => hold(second))).toBe(1)
    expect(await told(() => adjust('increment', 1))).toBe(1)
    expect(await told(() => adjust('decrement', 1))).toBe(1)
    expect(await told(() => release(ctx, { order_id: first }))).toBe(1)
    expect(await told(() => release(ctx, { order_id: second }))).toBe(0)
  })

  test('once for a batch of an import, and the shop’s version moves as often as it was told', async () => {
    const other = await newShop()
    const merchant = await other.owner()
    const versionOf = async () => {
      const connection = await mysql.createConnection({
        uri: other.on.databaseUrl,
        database: PLATFORM_DATABASE,
      })
      const [rows] = await connection.query('SELECT catalogue_version FROM websites WHERE tenant_id = ?', [
        other.id,
      ])
      await connection.end()
      return (rows as Json[])[0].catalogue_version as number
    }
    const before = await versionOf()
    const lines = Array.from({ length: 20 }, (_, n) => `thing-${n},Thing ${n},${n + 1}.00,active`)
    const file = ['Handle,Title,Variant Price,Status', ...lines, ''].join('\n')
    const events = await told(async () => {
      const { headers } = await merchant.post('/v1/admin/product-imports', file, 202, {
        'content-type': 'text/csv',
      })
      await until(
        'the import ends',
        async () => (await merchant.get(headers.location!, 200)).body.status === 'done',
      )
    }, other)
    expect(events).toBe(1)
    await until('the version has moved', async () => await versionOf() === before + 1)
    await create({}, merchant)
    await until('it moves again', async () => await versionOf() === before + 2)
  })
})

describe('a renamed brand', () => {
  test('reaches all its products, batch by batch, and takes no change of theirs away', async () => {
    const full = await newShop({ plan: 'business' })
    const connection = await mysql.createConnection({
      uri: full.on.databaseUrl,
      database: databaseName(full.id, 'products'),
    })
    await seedCatalogue(connection, { products: 250, variants: 1, brands: 1, categories: 1 })
    await connection.end()
    const merchant = await full.owner()
    const [brand] = (await merchant.get('/v1/admin/brands', 200)).body.data
    const cards = (await merchant.get('/v1/admin/products?limit=100', 200)).body.data
    const renames = merchant.patch(`/v1/admin/brands/${brand.id}`, { name: 'Quetzal' }, 200)
    await Promise.all([
      renames,
      ...cards.slice(0, 20).map(({ id }: Json, n: number) =>
        merchant.patch(`/v1/admin/products/${id}`, { name: `Altered ${n}` }, 200, { 'if-match': '"v1"' })
      ),
    ])
    const having = async (word: string) =>
      (await full.rows<{ n: number }>(
        'products',
        'SELECT COUNT(*) n FROM products WHERE search_text LIKE ?',
        [
          `%qq${word}%`,
        ],
      ))[0]!.n
    await until('every product is found by it', async () => await having('quetzal') === 250)
    expect(await having('altered')).toBe(20)
    const cardsOf = async () =>
      (await full.rows<{ n: number }>(
        'products',
        `SELECT COUNT(*) n FROM product_documents WHERE card LIKE '%Quetzal%'`,
      ))[0]!.n
    await until('every product shows it', async () => await cardsOf() === 250)
    const last = (await get(`/v1/brands/${brand.id}/products?sort=newest&limit=1`, full)).data[0]
    expect((await get(`/v1/products/${last.id}`, full)).brand.name).toBe('Quetzal')
  })
})

describe('VAT rates', () => {
  const defaults = async () => (await get('/v1/vat-rates')).data.filter((each: Json) => each.is_default)

  test('one is always the default, whatever is asked at once', async () => {
    const [present] = await defaults()
    const path = `/v1/admin/vat-rates/${present.id}`
    expect((await owner.patch(path, { is_default: false }, 409)).body.code).toBe('in_use')
    expect((await owner.delete(path)).body.code).toBe('in_use')
    const rates = await Promise.all(
      [1, 2, 3, 4].map((n) => createIn('vat-rates', { name: `D${n}`, rate: n })),
    )
    const answers = await Promise.all([
      ...rates.map(({ id }) => owner.patch(`/v1/admin/vat-rates/${id}`, { is_default: true })),
      owner.delete(path),
      owner.patch(path, { is_default: false }),
    ])
    for (const { status } of answers) expect(status).toBeLessThan(500)
    expect(await defaults()).toHaveLength(1)
  })

  test('a product has its own rate, else the default, and what isn’t taxed none', async () => {
    const own = await createIn('vat-rates', { name: 'Own', rate: 550 })
    await createIn('vat-rates', { name: 'Default now', rate: 1_700, is_default: true })
    const with_own = await create({ vat_rate_id: own.id })
    const without = await create({
      options: [{ name: 'Taxed' }],
      variants: [{ option_values: ['yes'], price: 1000 }, {
        option_values: ['no'],
        price: 1000,
        taxable: false,
      }],
    })
    const ratesOf = async (product: Json) =>
      (await get(`/v1/products/${product.id}`)).variants.map(({ vat_rate }: Json) => vat_rate)
    expect(await ratesOf(with_own)).toEqual([550])
    expect(await ratesOf(without)).toEqual([1_700, 0])
    await createIn('vat-rates', { name: 'Default later', rate: 2_100, is_default: true })
    expect(await ratesOf(with_own)).toEqual([550])
    expect(await ratesOf(without)).toEqual([2_100, 0])
    const { variants } = await quote(ctx, { variants: without.variants.map(({ id }: Json) => id) })
    expect(new Set(variants.map(({ vat_rate }) => vat_rate))).toEqual(new Set([2_100, 0]))
    expect((await owner.delete(`/v1/admin/vat-rates/${own.id}`)).body.code).toBe('in_use')
    await owner.delete(`/v1/admin/products/${with_own.id}`, 204)
    await owner.delete(`/v1/admin/vat-rates/${own.id}`, 204)
  })
})

describe('prices', () => {
  test('of a shop that prices with VAT stay as they were entered, everywhere', async () => {
    const french = await newShop({ prices_include_vat: true })
    const merchant = await french.owner()
    const made = await create({
      name: 'Savon',
      variants: [{ price: 999, compare_at_price: 1299, cost_price: 450, stock: 1 }],
    }, merchant)
    const euro = (net: number, gross: number) => ({
      net: { amount: net, currency: 'EUR' },
      gross: { amount: gross, currency: 'EUR' },
    })
    const shown = await get(`/v1/products/${made.id}`, french)
    expect(shown.variants[0]).toMatchObject({ price: euro(833, 999), compare_at_price: euro(1083, 1299) })
    expect(made.variants[0].cost_price).toEqual(euro(375, 450))
    expect(shown.price_range).toEqual({ min: euro(833, 999), max: euro(833, 999) })
    const list = async (query: string) => (await get(`/v1/products?${query}`, french)).data
    expect((await list('min_price=999&max_price=999'))[0].price_range).toEqual(shown.price_range)
    expect(await list('max_price=998')).toEqual([])
    expect((await merchant.get('/v1/admin/products', 200)).body.data[0].price_range).toEqual(
      shown.price_range,
    )
    expect((await eventsOf<Json>(french, 'products.product.created'))[0].price).toBe(999)
    const { variants } = await quote(host.contextOf(french), { variants: [made.variants[0].id] })
    expect(variants[0]!.price).toBe(999)
    const higher = await owner.post('/v1/admin/products', {
      name: 'x',
      variants: [{ price: 54012345678905 }],
    }, 422)
    expect(higher.body.errors[0].pointer).toBe('/variants/0/price')
  })
})

describe('names', () => {
  test('that differ for people stay apart, with slugs of their own', async () => {
    for (
      const names of [['C', 'C++', 'C#'], ['noël', 'noel'], ['🔥', '🎁'], ['ﷺ'.repeat(50), 'ﷺ'.repeat(51)]]
    ) {
      const made = await Promise.all(names.map((name) => createIn('brands', { name })))
      expect(new Set(made.map(({ slug }) => slug)).size, names.join()).toBe(names.length)
      for (const { id, slug, name } of made) {
        expect(await get(`/v1/brands/${encodeURIComponent(slug)}`)).toMatchObject({ id, name })
      }
    }
    const same = await owner.post('/v1/admin/brands', { name: ' NOE\u0308L ' }, 409)
    expect(same.body).toMatchObject({ code: 'already_exists', detail: 'A brand has this name already' })
    const products = await Promise.all(['C', 'C++', '🔥', '🔥'].map((name) => create({ name })))
    expect(new Set(products.map(({ slug }) => slug)).size).toBe(4)
  })

  test('of categories are their own in their place', async () => {
    const [home, garden] = [
      await createIn('categories', { name: 'Home' }),
      await createIn('categories', { name: 'Home Garden' }),
    ]
    const one = await createIn('categories', { name: 'Tools', parent_id: home.id })
    const two = await createIn('categories', { name: 'Tools', parent_id: garden.id })
    expect(one.slug).not.toBe(two.slug)
    await owner.post('/v1/admin/categories', { name: 'TOOLS', parent_id: home.id }, 409)
    await owner.patch(`/v1/admin/categories/${two.id}`, { parent_id: home.id }, 409)
    await owner.patch(`/v1/admin/categories/${two.id}`, { name: 'More tools', parent_id: home.id }, 200)
    await createIn('categories', { name: 'Tools', parent_id: garden.id })
  })

  test('a tree of categories is no deeper than anyone can read', async () => {
    let parent_id: string | null = null
    for (let level = 1; level <= 10; level++) {
      parent_id = (await createIn('categories', { name: `Level ${level}`, parent_id })).id
    }
    const refused = await owner.post('/v1/admin/categories', { name: 'Level 11', parent_id }, 422)
    expect(refused.body.errors[0].pointer).toBe('/parent_id')
    const root = await createIn('categories', { name: 'Another root' })
    const top = (await get('/v1/categories/level-1')).id
    await owner.patch(`/v1/admin/categories/${top}`, { parent_id: root.id }, 422)
  })
})

test('search finds names joined or apart, single characters that are words, and what nobody sees splits none', async () => {
  await create({ slug: 'tee', name: 'Blue T-Shirt' })
  await create({ slug: 'joined', name: 'Tshirt plain' })
  await create({ slug: 'spaced', name: 'T shirt two' })
  await create({ slug: 'wifi', name: 'Wi‑Fi cable', description: '<p lang="en" dir="ltr">Sham&shy;poo</p>' })
  await create({ slug: 'tea', name: '茶 green' })
  await create({ slug: 'hindi', name: 'हिन्दी किताब' })
  const found = async (words: string) => (await search(words)).sort()
  expect(await found('tshirt')).toEqual(['joined', 'tee'])
  expect(await found('T-shirt')).toEqual(['joined', 'spaced', 'tee'])
  expect(await found('t-shirt blue')).toEqual(['tee'])
  for (const words of ['wifi', 'Wi-Fi', 'WI‑FI', 'shampoo', 'sham\u00ADpoo', 'wi\u200Bfi']) {
    expect(await found(words), words).toEqual(['wifi'])
  }
  expect(await found('茶')).toEqual(['tea'])
  expect(await found('हिन्दी')).toEqual(['hindi'])
  expect(await found('हीन')).toEqual([])
  expect((await get('/v1/products/wifi')).description).toBe('<p lang="en" dir="ltr">Sham\u00ADpoo</p>')
})
