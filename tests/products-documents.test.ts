import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { orderStates } from '../services/orders/ports.ts'
import { documents } from '../services/products/checks/documents.ts'
import { heldStock } from '../services/products/checks/reservations.ts'
import { refreshOutdated } from '../services/products/documents/outdated.ts'
import type { Ctx } from '../services/products/needs.ts'
import { commitReservation } from '../services/products/operations/stock/commit.ts'
import { release } from '../services/products/operations/stock/release.ts'
import { reserve } from '../services/products/operations/stock/reserve.ts'
import { seed } from '../services/products/operations/vat-rates/seed.ts'
import products from '../services/products/service.ts'
import { type Id, idFromBytes, newId } from '../shared/kernel/id.ts'
import { providePort } from '../shared/service/port.ts'
import { seedCatalogue } from '../tools/bench/seed-catalogue.ts'
import { CutOff } from './support/cut-off.ts'
import { fake, hostAlone } from './support/host-alone.ts'
import { until } from './support/until.ts'
import mysql from 'mysql2/promise'
import { databaseName } from '../shared/db/databases.ts'

// deno-lint-ignore no-explicit-any
type Json = any

/** More than two batches show one brand, one category and the default rate. */
const PRODUCTS = 220
let way: CutOff
let shop: Awaited<ReturnType<typeof hostAlone>>
let headers: Record<string, string>
let other: typeof shop.host | undefined
const orders: Id<'ord'>[] = []

beforeAll(async () => {
  const platform = inject('platform')
  const url = new URL(platform.databaseUrl)
  way = await CutOff.to(url)
  url.port = String(way.port)
  const states = fake('orders', [
    providePort(orderStates, { find: () => Promise.resolve({ status: 'pending', stock: 'held' as const }) }),
  ])
  shop = await hostAlone(products, platform, { fakes: [states], env: { DATABASE_URL: url.href } })
  headers = await shop.staff()
  await seed(contextOf())
  const connection = await mysql.createConnection({
    uri: platform.databaseUrl,
    database: databaseName(shop.tenant.id, 'products'),
  })
  await seedCatalogue(connection, { products: PRODUCTS, variants: 2, brands: 1, categories: 1 })
  await connection.end()
})
afterAll(async () => {
  await shop?.stop()
  way?.close()
})

const contextOf = (host = shop.host) => host.systemContext(products, shop.tenant, 'test') as unknown as Ctx

const count = async (table: string, where = 'TRUE') =>
  (await shop.rows<{ n: number }>(`SELECT COUNT(*) n FROM ${table} WHERE ${where}`))[0]!.n

/** One of the rows there are, by a number that any run may come with. */
async function pick<P extends string>(prefix: P, table: string, n: number, where = 'TRUE'): Promise<Id<P>> {
  const rows = await shop.rows<{ id: Uint8Array }>(
    `SELECT id FROM ${table} WHERE ${where} ORDER BY id DESC LIMIT 20`,
  )
  return rows.length === 0 ? newId(prefix) : idFromBytes(prefix, rows[n % rows.length]!.id)
}

const ask = async (method: string, path: string, body?: unknown, more: Record<string, string> = {}) => {
  const { status } = await shop.send(method, `/v1/admin/${path}`, body, { ...headers, ...more })
  return status
}

type Step = (n: number) => Promise<number | void>

const word = (n: number) => `Word ${n}`
const variantOf = (n: number) => ({
  price: n % 5 === 0 ? null : n * 7,
  compare_at_price: n % 3 === 0 ? n * 9 : null,
  stock: n % 3,
  taxable: n % 4 !== 0,
  tracks_stock: n % 6 !== 0,
  allows_backorder: n % 7 === 0,
})
const alive = 'deleted_at IS NULL'

const steps: Record<string, Step> = {
  'a product': async (n) =>
    await ask('POST', 'products', {
      name: word(n),
      status: n % 4 === 0 ? 'draft' : 'active',
      brand_id: n % 2 === 0 ? await pick('brand', 'brands', n) : null,
      vat_rate_id: n % 3 === 0 ? await pick('vat', 'vat_rates', n) : null,
      category_ids: n % 2 === 1 ? [await pick('cat', 'categories', n)] : [],
      tags: [word(n)],
      images: n % 2 === 0 ? [{ url: `/media/${n}.png` }] : [],
      variants: [variantOf(n)],
    }),
  'its texts': async (n) =>
    await ask(
      'PATCH',
      `products/${await pick('prod', 'products', n, alive)}`,
      { name: word(n), tags: [], is_featured: n % 2 === 0 },
      { 'if-match': '*' },
    ),
  'its place': async (n) =>
    await ask('PATCH', `products/${await pick('prod', 'products', n, alive)}`, {
      status: ['active', 'draft', 'archived'][n % 3],
      brand_id: n % 2 === 0 ? null : await pick('brand', 'brands', n),
      vat_rate_id: n % 2 === 1 ? null : await pick('vat', 'vat_rates', n),
      category_ids: n % 3 === 0 ? [] : [await pick('cat', 'categories', n)],
    }, { 'if-match': '*' }),
  'its images': async (n) =>
    await ask('PATCH', `products/${await pick('prod', 'products', n, alive)}`, {
      images: Array.from({ length: n % 3 }, (_, at) => ({ url: `/media/${n - at}.png`, alt_text: word(n) })),
    }, { 'if-match': '*' }),
  'its slug': async (n) =>
    await ask('PATCH', `products/${await pick('prod', 'products', n, alive)}`, { slug: `slug-${n % 5}` }, {
      'if-match': '*',
    }),
  'its end': async (n) => await ask('DELETE', `products/${await pick('prod', 'products', n, alive)}`),
  'a variant': async (n) =>
    await ask('POST', `products/${await pick('prod', 'products', n, alive)}/variants`, {
      ...variantOf(n),
      option_values: [word(n)],
    }),
  'another price': async (n) =>
    await ask('PATCH', `variants/${await pick('var', 'variants', n)}`, {
      price: n,
      taxable: n % 2 === 0,
      allows_backorder: n % 3 === 0,
    }),
  'the end of a variant': async (n) => await ask('DELETE', `variants/${await pick('var', 'variants', n)}`),
  'stock': async (n) =>
    await ask('POST', `variants/${await pick('var', 'variants', n)}/stock`, {
      operation: 'set',
      quantity: n % 2,
    }),
  'an order': async (n) => {
    const lines = [await pick('var', 'variants', n), await pick('var', 'variants', n + 1)]
    const order_id = newId('ord')
    orders.push(order_id)
    const unique = [...new Set(lines)].map((variant_id) => ({ variant_id, quantity: 1 }))
    await reserve(contextOf(), { order_id, lines: unique }).catch(() => {})
  },
  'its confirmation': async (n) => {
    if (orders.length > 0) {
      await commitReservation(contextOf(), orders[n % orders.length]!, []).catch(() => {})
    }
  },
  'its cancellation': async (n) => {
    if (orders.length > 0) {
      await release(contextOf(), { order_id: orders[n % orders.length]! }).catch(() => {})
    }
  },
  'a brand’s name': async (n) =>
    await ask('PATCH', `brands/${await pick('brand', 'brands', n)}`, { name: word(n) }),
  'a category’s name': async (n) =>
    await ask('PATCH', `categories/${await pick('cat', 'categories', n)}`, { name: word(n) }),
  'a rate': async (n) =>
    await ask('PATCH', `vat-rates/${await pick('vat', 'vat_rates', n)}`, { rate: n % 3000 }),
  'another default': async (n) =>
    await ask('PATCH', `vat-rates/${await pick('vat', 'vat_rates', n)}`, { is_default: true }),
  'an import': async (n) => {
    const lines = [n, n + 1].map((each) =>
      `imported-${each % 3},${word(each)},${word(n)},${n}.00,${n % 2},active`
    )
    const file = ['Handle,Title,Vendor,Variant Price,Variant Inventory Qty,Status', ...lines, ''].join('\n')
    return await ask('POST', 'product-imports?stock=set', file, { 'content-type': 'text/csv' })
  },
}

/** One step or some at the same time; killed, where `cut` says so, after that many messages to the database. */
const moment = fc.record({
  what: fc.array(fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat(10_000)), {
    minLength: 1,
    maxLength: 3,
  }),
  cut: fc.option(fc.nat(60), { freq: 1 }),
})

/** Another process takes up what the killed one left. */
async function untilDone(): Promise<void> {
  const ctx = contextOf(other ??= shop.newHost())
  await until(
    'imports have ended',
    async () => await count('product_imports', `status IN ('pending', 'reading', 'storing')`) === 0,
    60_000,
  )
  await until('no change waits', async () => {
    await refreshOutdated(ctx)
    return await count('outdated_documents') === 0
  }, 60_000)
}

test('whatever is changed, and wherever that is cut off, shoppers see what is so', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { minLength: 4, maxLength: 10 }), async (moments) => {
      for (const { what, cut } of moments) {
        if (cut !== null) way.after(cut)
        const answers = await Promise.all(what.map(async ([name, n]) => {
          try {
            return [name, await steps[name]!(n)] as const
          } catch (error) {
            return [name, String(error)] as const
          }
        }))
        way.mend()
        for (const [name, status] of cut === null ? answers : []) {
          // A connection that the cut before has just ended may still be taken for one: that is 503.
          expect(status, name).not.toBe(500)
        }
      }
      await untilDone()
      const ctx = contextOf()
      expect(await documents.find(ctx)).toEqual([])
      expect(await heldStock.find(ctx)).toEqual([])
    }),
    { numRuns: 15, endOnFailure: true },
  )
  expect(await count('product_documents')).toBeGreaterThan(PRODUCTS / 2)
}, 600_000)

test('a change of what all products show reaches all of them, wherever it is cut off', async () => {
  const brand = await pick(
    'brand',
    'brands',
    0,
    `id = (SELECT brand_id FROM products GROUP BY brand_id
    ORDER BY COUNT(*) DESC LIMIT 1)`,
  )
  const having = (name: string) => count('product_documents', `card LIKE '%"${name}"%'`)
  const all = await count('product_documents', `brand_id IS NOT NULL`)
  let cuts = 0
  for (let at = 0; at < 45; at += 3) {
    const name = `Renamed ${at}`
    way.after(at)
    const answer = await shop.send('PATCH', `/v1/admin/brands/${brand}`, { name }, headers)
    if (answer.status !== 200) cuts++
    await until('nobody works on it', async () => {
      way.mend()
      await untilDone()
      return true
    })
    const isDone = await count('brands', `name = '${name}'`) === 1
    expect(answer.status !== 200 || isDone, 'what was answered is kept').toBe(true)
    const seen = await having(name)
    expect(seen, `cut after ${at}`).toBe(
      isDone
        ? await count(
          'product_documents',
          `brand_id = 0x${
            (await shop.rows<{ h: string }>(`SELECT HEX(id) h FROM brands WHERE name = '${name}'`))[0]!.h
          }`,
        )
        : 0,
    )
    expect(seen).toBeLessThanOrEqual(all)
    expect(await documents.find(contextOf())).toEqual([])
  }
  expect(cuts, 'some were cut off').toBeGreaterThan(0)
}, 300_000)

test('what is wrong is found, and mended', async () => {
  await untilDone()
  const ctx = contextOf()
  expect(await documents.find(ctx)).toEqual([])
  const spoil = {
    'shows something else than the product':
      'UPDATE product_documents SET card = REPLACE(card, "prod_", "x") LIMIT 1',
    'is missing': 'DELETE FROM product_documents LIMIT 2',
    'something else than its variants': 'UPDATE products SET price_max = 7 WHERE deleted_at IS NULL LIMIT 1',
    "which isn't":
      `INSERT INTO product_documents (product_id, slug, name, on_sale, is_featured, in_stock, tags,
      created_at, card, detail, etag) VALUES (0x00, 'gone', 'x', 0, 0, 0, '[]', NOW(), '{}', '{}', '')`,
  }
  for (const [text, sql] of Object.entries(spoil)) {
    await shop.rows(sql)
    const found = await documents.find(ctx)
    expect(found.length, text).toBeGreaterThan(0)
    for (const each of found) expect(each).toContain(text)
    await documents.repair!(ctx)
    expect(await documents.find(ctx), text).toEqual([])
  }
})

test('held stock that no order holds is found', async () => {
  const ctx = contextOf()
  expect(await heldStock.find(ctx)).toEqual([])
  await shop.rows('UPDATE variants SET stock = stock + 1, reserved = reserved + 1 ORDER BY id LIMIT 1')
  expect(await heldStock.find(ctx)).toEqual([expect.stringContaining('units reserved, its orders hold')])
})
