import { afterAll, beforeAll, expect, test } from 'vitest'
import mysql from 'mysql2/promise'
import { searchQuery } from '../services/products/domain/search.ts'
import type { Ctx } from '../services/products/needs.ts'
import { cardPage, listCards, type Shape } from '../services/products/queries/list.ts'
import { rowCount } from '../services/products/queries/sql.ts'
import { SORTS } from '../services/products/shapes/product.ts'
import { databaseName } from '../shared/db/databases.ts'
import { newId } from '../shared/kernel/id.ts'
import { seedCatalogue } from '../tools/bench/seed-catalogue.ts'
import { hostProducts } from './support/products-parts.ts'
import { newShop, type Shop } from './support/shops.ts'

// deno-lint-ignore no-explicit-any
type Json = any

const PRODUCTS = 60
let shop: Shop
let host: ReturnType<typeof hostProducts>
let ctx: Ctx

beforeAll(async () => {
  host = hostProducts()
  shop = await newShop()
  ctx = host.contextOf(shop)
  const connection = await mysql.createConnection({
    uri: shop.on.databaseUrl,
    database: databaseName(shop.id, 'products'),
  })
  await seedCatalogue(connection, { products: PRODUCTS, brands: 2, categories: 2 })
  await connection.end()
})
afterAll(() => host?.stop())

const get = async (path: string): Promise<Json> => (await shop.visitor().get(path, 200)).body

async function everyPage(path: string): Promise<Json[]> {
  const found: Json[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Json = await get(`${path}${cursor && `&cursor=${cursor}`}`)
    found.push(...page.data)
    cursor = page.next_cursor
  }
  return found
}

const subsets = <T>(items: T[]): T[][] =>
  items.reduce<T[][]>((all, item) => [...all, ...all.map((each) => [...each, item])], [[]])

test('every list there is gives the same prepared on the server as written out', async () => {
  const places = subsets<Shape['places'][number]>(['brand', 'category', 'match'])
  const shapes: Shape[] = SORTS.flatMap((sort) =>
    places.flatMap((each) =>
      subsets(['isContinued', 'isNarrowed']).map((names) => ({
        sort,
        places: each,
        isContinued: names.includes('isContinued'),
        isNarrowed: names.includes('isNarrowed'),
      }))
    )
  )
  expect(shapes).toHaveLength(160)
  for (const shape of shapes) {
    for (const isNarrow of shape.isNarrowed ? [false, true] : [false]) {
      const values = {
        brand_id: null,
        brand_slug: 'brand-1',
        category_id: null,
        category_slug: 'category-1',
        match: searchQuery('made'),
        min_price: isNarrow ? 1 : null,
        max_price: isNarrow ? 25_000 : null,
        in_stock: isNarrow ? true : null,
        on_sale: isNarrow ? false : null,
        featured: isNarrow ? false : null,
        tag: isNarrow ? 'tag-7' : null,
        after_created_at: new Date(),
        after_name: shape.sort === 'name' ? 'A' : 'zz',
        after_price_min: shape.sort === 'price' ? 1 : 99_999_999,
        after_product_id: newId('prod'),
        limit: rowCount(21),
      }
      const prepared = await listCards(ctx.db, shape, values)
      const written = await cardPage(ctx.db, shape).prepare().execute(values)
      const what = `${JSON.stringify(shape)} ${isNarrow}`
      expect(prepared, what).toEqual(written)
      if (!isNarrow) expect(prepared.length, what).toBe(21)
    }
  }
})

test('more lists at once than are ever prepared answer, all their pages', async () => {
  const whole = await everyPage('/v1/products?limit=20')
  expect(whole).toHaveLength(PRODUCTS)
  const narrowings: Record<string, (each: Json) => boolean> = {
    'in_stock=true': (each) => each.in_stock,
    'max_price=12000': ({ price_range }) => price_range.min.net.amount <= 12_000,
    'on_sale=true': (each) => each.on_sale,
    'featured=false': (each) => !each.is_featured,
    'min_price=3000': ({ price_range }) => price_range.max.net.amount >= 3000,
    'brand=brand-1': (each) => each.brand.slug === 'brand-1',
    'q=made': () => true,
  }
  const queries = SORTS.flatMap((sort) =>
    subsets(Object.keys(narrowings)).filter((each) => each.length === 2).map((names) => ({ sort, names }))
  )
  expect(queries.length).toBeGreaterThan(100)
  for (let at = 0; at < queries.length; at += 10) {
    await Promise.all(
      queries.slice(at, at + 10).map(async ({ sort, names }) => {
        const query = `${names.join('&')}&sort=${sort}`
        const found = await everyPage(`/v1/products?limit=20&${query}`)
        const wanted = whole.filter((each) => names.every((name) => narrowings[name]!(each)))
        expect(found.map(({ id }) => id).sort(), query).toEqual(wanted.map(({ id }) => id).sort())
      }),
    )
  }
})

test('a cursor that no list has issued is refused, whatever it holds', async () => {
  const made = (...position: unknown[]) => Buffer.from(JSON.stringify(position)).toString('base64url')
  const id = newId('prod')
  const cursors: Record<string, string[]> = {
    '/v1/products?sort=newest': [
      made('newest', 'x', id),
      made('newest', 8.65e15, id),
      made('newest', null, id),
      made('newest', '+275760-09-13T00:00:00.000Z', id),
      made('newest', 1, 'prod_x'),
      made('newest', 1, null),
    ],
    '/v1/products?sort=price': [
      made('price', 'x', id),
      made('price', 1.5, id),
      made('price', 1e300, id),
      made('price', null, id),
    ],
    '/v1/products?sort=name': [made('name', 7, id), made('name', null, id), made('name', 'x', 1)],
    '/v1/products/search?q=made': [made('relevance', 'x'), made('relevance', -1), made('relevance', 1e9)],
    '/v1/brands?limit=1': [made('name', 1, newId('brand')), made('name', 'x', id)],
    '/v1/vat-rates?limit=1': [made('rate', 'x', newId('vat')), made('rate', 1, id)],
  }
  for (const [path, each] of Object.entries(cursors)) {
    for (const cursor of each) {
      const { status, body } = await shop.visitor().get(`${path}&cursor=${cursor}`)
      expect([status, body.code], `${path} ${Buffer.from(cursor, 'base64url')}`).toEqual([
        400,
        'invalid_cursor',
      ])
    }
  }
})

test('no number in one row takes the list of a shop down', async () => {
  const { id } = (await get('/v1/products?limit=1')).data[0]
  const owner = await shop.owner()
  const [variant] = (await owner.get(`/v1/admin/products/${id}`, 200)).body.variants
  const ofVariant = `WHERE HEX(id) = (SELECT h FROM (SELECT HEX(id) h FROM variants WHERE sku = ? LIMIT 1) x)`
  for (const price of ['9223372036854775807', '-9223372036854775808', '54012345678905']) {
    await shop.rows(
      'products',
      `UPDATE variants SET price = ${price}, compare_at_price = ${price} ${ofVariant}`,
      [
        variant.sku,
      ],
    )
    await shop.rows('products', `UPDATE products SET price_max = ${price} LIMIT 1`)
    for (const sort of SORTS) {
      expect((await everyPage(`/v1/products?limit=50&sort=${sort}`)).length).toBe(PRODUCTS)
    }
    expect((await owner.get('/v1/admin/products?limit=100', 200)).body.data).toHaveLength(PRODUCTS)
    await get(`/v1/products/${id}`)
  }
  // Nor does it keep the others from a change that they all show.
  await shop.rows('products', `UPDATE variants SET price = 9223372036854775807 ${ofVariant}`, [variant.sku])
  const product = await get(`/v1/products/${id}`)
  await owner.patch(`/v1/admin/brands/${product.brand.id}`, { name: 'Renamed' }, 200)
  const renamed = await everyPage(`/v1/products?limit=50&brand=${product.brand.id}`)
  expect(renamed).toHaveLength(PRODUCTS / 2 - 1)
  expect(new Set(renamed.map(({ brand }) => brand.name))).toEqual(new Set(['Renamed']))
  await shop.visitor().get(`/v1/products/${id}`, 404)
})
