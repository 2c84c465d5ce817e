import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getImport } from '../services/products/operations/import/import-rows.ts'
import { runImport } from '../services/products/operations/import/run-import.ts'
import {
  hasAbandonedImports,
  resumeImports,
  startImport,
} from '../services/products/operations/import/start-import.ts'
import { reserve } from '../services/products/operations/stock/reserve.ts'
import type { Ctx } from '../services/products/needs.ts'
import { newId } from '../shared/kernel/id.ts'
import { eventsOf, hostProducts } from './support/products-parts.ts'
import { type Client, newShop, type Shop } from './support/shops.ts'
import { until } from './support/until.ts'

// deno-lint-ignore no-explicit-any
type Json = any

const DATA = new URL('../../shared/data/', import.meta.url)
const TABLES = [
  'products',
  'variants',
  'brands',
  'categories',
  'product_images',
  'product_categories',
  'outbox',
]
const HEADER =
  'Handle,Title,Body (HTML),Vendor,Type,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Image Src'

let host: ReturnType<typeof hostProducts>
beforeAll(() => {
  host = hostProducts()
})
afterAll(() => host?.stop())

const csv = (...lines: string[]) => [HEADER, ...lines, ''].join('\n')

async function importFile(owner: Client, file: unknown, type = 'text/csv'): Promise<Json> {
  const begun = await owner.post('/v1/admin/product-imports', file, 202, { 'content-type': type })
  expect(begun.headers.location).toBe(`/v1/admin/product-imports/${begun.body.id}`)
  return await until('the import ends', async () => {
    const { body } = await owner.get(begun.headers.location!, 200)
    return ['done', 'failed'].includes(body.status) && body
  })
}

/** Every row of the catalogue, but for when events were published. */
async function contents(shop: Shop): Promise<Record<string, unknown[]>> {
  const columns = (table: string) => table === 'outbox' ? 'id, subject, envelope' : '*'
  const read = async (table: string) => {
    const rows = await shop.rows('products', `SELECT ${columns(table)} FROM ${table}`)
    return [table, rows.map((row) => JSON.stringify(row)).sort()]
  }
  return Object.fromEntries(await Promise.all(TABLES.map(read)))
}

test.skipIf(!existsSync(DATA))('real files come in whole, and again without changing a thing', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const files = [['shopify-apparel.csv', 22], ['shopify-home-and-garden.csv', 21]] as const
  for (const [name, variants] of files) {
    expect(await importFile(owner, readFileSync(new URL(name, DATA), 'utf8')))
      .toMatchObject({
        status: 'done',
        total: 20,
        processed: 20,
        created: 20,
        failed: 0,
        variants,
        problem_count: 0,
      })
  }
  const before = await contents(shop)
  expect(before.products).toHaveLength(40)
  expect(before.variants).toHaveLength(43)
  for (const [name] of files) {
    expect(await importFile(owner, readFileSync(new URL(name, DATA), 'utf8')))
      .toMatchObject({ created: 0, updated: 0, unchanged: 20, variants: 0 })
  }
  expect(await contents(shop)).toEqual(before)
  expect(await eventsOf(shop, 'products.product.created')).toHaveLength(40)
  const { body: pot } = await shop.visitor().get('/v1/products/clay-plant-pot', 200)
  expect(pot).toMatchObject({
    brand: { slug: 'company-123' },
    categories: [{ slug: 'outdoor' }],
    ref: 'clay-plant-pot',
    tags: ['Pot', 'Plants'],
  })
  expect(
    pot.variants.map((each: Json) => [each.option_values, each.price.net.amount, each.available_quantity]),
  )
    .toEqual([[['Regular'], 999, 1], [['Large'], 1599, 3]])
})

test('a changed record changes its product; what it leaves blank, and what orders hold, stays', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const file = (price: string, large: string) =>
    csv(
      `mug,Mug,<p>Nice</p>,Kermor,Home,blue,Size,S,MUG-S,9,${price},https://img.example.com/m.jpg`,
      `mug,,,,,,,M,MUG-M,4,${price},`,
      ...(large ? [large] : []),
    )
  await importFile(owner, file('10.00', 'mug,,,,,,,L,MUG-L,2,12.00,'))
  const { body: before } = await shop.visitor().get('/v1/products/mug', 200)
  const [small, medium, large] = before.variants
  await reserve(host.contextOf(shop), {
    order_id: newId('ord'),
    lines: [{ variant_id: medium.id, quantity: 3 }],
  })
  const changed = csv('mug,Big Mug,,,,,Size,S,,,11.00,', 'mug,,,,,,,M,,1,11.00,', 'mug,,,,,,,XL,,7,14.00,')
  expect(await importFile(owner, changed)).toMatchObject({ created: 0, updated: 1, variants: 3 })
  const { body: after } = await shop.visitor().get('/v1/products/mug', 200)
  expect(after).toMatchObject({
    id: before.id,
    name: 'Big Mug',
    description: '<p>Nice</p>',
    brand: { name: 'Kermor' },
    tags: [],
    images: before.images,
    options: [{ name: 'Size', values: ['S', 'M', 'XL'] }],
  })
  expect(
    after.variants.map((each: Json) => [each.id, each.sku, each.price.net.amount, each.available_quantity]),
  ).toEqual([
    [small.id, 'MUG-S', 1100, 9],
    [medium.id, 'MUG-M', 1100, 0], // 1 in the file, 3 held
    [expect.any(String), null, 1400, 7],
  ])
  expect(after.variants.map((each: Json) => each.id)).not.toContain(large.id)
  expect(await eventsOf<Json>(shop, 'products.product.price_changed')).toHaveLength(2)
  expect(await eventsOf<Json>(shop, 'products.inventory.updated')).toMatchObject([{
    variant_id: medium.id,
    previous_stock: 4,
    new_stock: 3,
    reason: 'import',
  }])
  const kept = await importFile(owner, csv('mug,Mug,,,,,Size,S,,,11.00,'))
  expect(kept.problems).toMatchObject([{ code: 'variant_kept', severity: 'warning', handle: 'mug' }])
  expect((await shop.visitor().get('/v1/products/mug', 200)).body.variants.map((each: Json) => each.id))
    .toEqual([small.id, medium.id])
})

test('every bad line is reported with its number, and keeps none of the others out', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const long = 'x'.repeat(400)
  const done = await importFile(
    owner,
    csv(
      'good,Good,,,,,,,SAME,1,5.00,',
      ',,,,,,,,,,,',
      ',,<p>nothing</p>,,,,,,,,,',
      `wide,${long},,${long},${long},${long},Size,${long},${long},99999999999,1.00,`,
      `${'h'.repeat(300)},Long handle,,,,,,,,1,2.00,`,
      'priceless,Priceless,,,,,,,,1,abc,',
      'twin,Twin,,,,,Size,S,SAME,1,3.00,',
      'twin,,,,,,,s,SAME,1,3.00,',
      'nul,N\u0000ul 😀,<script>x</script><p>\u{1F600}</p>,☂,,,,,,1,3.00,',
      'last,Last,,,,,,,SAME,1,4.00,',
    ),
  )
  expect(done).toMatchObject({ status: 'done', created: 7, failed: 0 })
  expect(done.problem_count).toBe(done.problems.length)
  const codes = done.problems.map((problem: Json) => `${problem.line} ${problem.code}`)
  for (
    const expected of [
      '4 handle_missing',
      '5 text_cut',
      '5 number_capped',
      '6 handle_cut',
      '7 amount_unreadable',
      '9 duplicate_variant',
      '11 sku_repeated',
    ]
  ) {
    expect(codes).toContain(expected)
  }
  const { body } = await shop.visitor().get('/v1/products', 200)
  expect(body.data.map((each: Json) => each.name)).toEqual(
    expect.arrayContaining(['Good', 'Priceless', 'Twin', 'Last', 'Long handle']),
  )
  expect(await shop.rows('products', `SELECT id FROM variants WHERE sku = 'SAME'`)).toHaveLength(3)
  const [nul] = await shop.rows<Json>('products', `SELECT description FROM products WHERE slug = 'nul'`)
  expect(nul.description).toBe('<p>😀</p>')
})

test('a file that is none, too strange or not allowed', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  expect(await importFile(owner, 'name,colour\na,b\n')).toMatchObject({
    status: 'failed',
    total: 0,
    problems: [{ code: 'header_unknown' }],
  })
  expect(
    (await owner.post('/v1/admin/product-imports', '{}', undefined, { 'content-type': 'application/json' }))
      .status,
  ).toBe(415)
  expect(
    (await owner.post('/v1/admin/product-imports', '', undefined, { 'content-type': 'text/csv' })).status,
  ).toBe(422)
  const customer = await shop.customer()
  expect(
    (await customer.post('/v1/admin/product-imports', HEADER, undefined, { 'content-type': 'text/csv' }))
      .status,
  ).toBe(403)
})

const numbered = (from: number, to: number) =>
  csv(
    ...Array.from({ length: to - from }, (_, n) =>
      `p-${n + from},Product ${n + from},,Brand ${n % 7},Type ${n % 5},,,,SKU-${n + from},3,9.99,`),
  )

/** A process that dies in its `nth` transaction. */
function dying(ctx: Ctx, nth: number): Ctx {
  let left = nth
  return new Proxy(ctx, {
    get(target, key) {
      const value = Reflect.get(target, key, target)
      if (key !== 'transaction') return typeof value === 'function' ? value.bind(target) : value
      return (work: never) =>
        --left > 0
          ? target.transaction(work)
          : Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNRESET' }))
    },
  })
}

test('an import whose process dies is finished by another, nothing lost and nothing twice', async () => {
  const shop = await newShop()
  const ctx = host.contextOf(shop)
  const { id } = await startImport(dying(ctx, 4), new TextEncoder().encode(numbered(0, 350)))
  await until('the process is dead', async () => (await getImport(ctx, id)).processed === 200)
  expect(await getImport(ctx, id)).toMatchObject({
    status: 'running',
    total: 350,
    processed: 200,
    created: 200,
  })
  await runImport(ctx, id) // its lease still runs: nobody takes it over
  expect((await getImport(ctx, id)).processed).toBe(200)
  await shop.rows('products', 'UPDATE product_imports SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND')
  expect(await hasAbandonedImports(ctx.db, new Date())).toBe(true)
  await Promise.all([resumeImports(ctx), resumeImports(ctx), runImport(ctx, id)])
  await until('the import is done', async () => (await getImport(ctx, id)).status === 'done')
  expect(await getImport(ctx, id)).toMatchObject({
    processed: 350,
    created: 350,
    updated: 0,
    unchanged: 0,
    variants: 350,
  })
  expect(await eventsOf(shop, 'products.product.created')).toHaveLength(350)
  expect(await shop.rows('products', 'SELECT DISTINCT slug FROM products')).toHaveLength(350)
  expect(await shop.rows('products', 'SELECT position FROM import_files')).toEqual([])
})

test('two files at once with the same products make each of them once', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const results = await Promise.all([
    importFile(owner, numbered(0, 250)),
    importFile(owner, numbered(100, 350)),
  ])
  expect(results.map(({ status }) => status)).toEqual(['done', 'done'])
  const sum = (key: string) => results.reduce((total, result) => total + result[key], 0)
  expect([sum('created'), sum('failed')]).toEqual([350, 0])
  expect(await shop.rows('products', 'SELECT id FROM products')).toHaveLength(350)
})

test('beyond the plan’s limit products are reported, not stored', async () => {
  const shop = await newShop({ plan: 'standard' })
  const done = await importFile(await shop.owner(), numbered(0, 2_010))
  expect(done).toMatchObject({ status: 'done', total: 2_010, created: 2_000, failed: 10, problem_count: 10 })
  expect(done.problems[0]).toMatchObject({ code: 'plan_limit', severity: 'error', line: 2_002 })
})
