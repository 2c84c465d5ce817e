import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { BEAT_MS } from '../services/products/import/claims.ts'
import { ImportRun } from '../services/products/import/import-run.ts'
import { adminCreateProductImport } from '../services/products/operations/product-imports/admin-create.ts'
import { adminGetProductImport } from '../services/products/operations/product-imports/admin-get.ts'
import { nextAbandonedImport, resumeImports } from '../services/products/operations/product-imports/resume.ts'
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

async function importFile(
  owner: Client,
  file: unknown,
  { type = 'text/csv', stock }: { type?: string; stock?: 'keep' | 'set' } = {},
): Promise<Json> {
  const path = `/v1/admin/product-imports${stock ? `?stock=${stock}` : ''}`
  const begun = await owner.post(path, file, 202, { 'content-type': type })
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
  const { variants } = (await owner.get(`/v1/admin/products/${pot.id}`, 200)).body
  expect(pot).toMatchObject({
    brand: { slug: 'company-123' },
    categories: [{ slug: 'outdoor' }],
    ref: 'clay-plant-pot',
    tags: ['Pot', 'Plants'],
  })
  expect(
    variants.map((each: Json) => [each.option_values, each.price.net.amount, each.available_quantity]),
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
  const done = await importFile(owner, changed, { stock: 'set' })
  expect(done).toMatchObject({ created: 0, updated: 1, variants: 3 })
  expect(done.problems.map((problem: Json) => `${problem.line} ${problem.code}`))
    .toEqual(['2 variant_removed', '2 tags_removed', '3 stock_held'])
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
  const { variants } = (await owner.get(`/v1/admin/products/${before.id}`, 200)).body
  expect(
    variants.map((each: Json) => [each.id, each.sku, each.price.net.amount, each.available_quantity]),
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
  expect(kept.problems).toMatchObject([
    { code: 'variant_kept', severity: 'warning', handle: 'mug' },
    { code: 'variant_removed', severity: 'warning', message: expect.stringContaining('XL') },
  ])
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
      '5 value_refused',
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

/** A process that is cut off from its database at its `nth` transaction. */
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

const bodyOf = (text: string) => new Response(text).body
const started = (ctx: Ctx, text: string, stock: 'keep' | 'set' = 'keep') =>
  adminCreateProductImport(ctx, { body: bodyOf(text), charset: null, stock })

async function takenToItsEnd(ctx: Ctx, id: Json): Promise<void> {
  const run = new ImportRun(ctx, id)
  while (await run.step() !== 'over');
}

const endLeases = (shop: Shop) =>
  shop.rows('products', 'UPDATE product_imports SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND')

test('an import whose process dies is finished by another, nothing lost and nothing twice', async () => {
  const shop = await newShop()
  const ctx = host.contextOf(shop)
  // Upload (3 transactions), reading (7 batches of 50 and the end), then the fifth batch to be stored.
  const { id } = await started(dying(ctx, 16), numbered(0, 350))
  await until('the process is cut off', async () => (await adminGetProductImport(ctx, id)).processed === 200)
  expect(await adminGetProductImport(ctx, id)).toMatchObject({ status: 'storing', total: 350, created: 200 })
  await takenToItsEnd(ctx, id) // its lease still runs: nobody takes it over
  expect((await adminGetProductImport(ctx, id)).processed).toBe(200)
  await endLeases(shop)
  expect((await nextAbandonedImport(ctx.db))!.getTime()).toBeLessThan(Date.now())
  await Promise.all([takenToItsEnd(ctx, id), takenToItsEnd(ctx, id), takenToItsEnd(ctx, id)])
  expect(await adminGetProductImport(ctx, id)).toMatchObject({
    status: 'done',
    processed: 350,
    created: 350,
    updated: 0,
    unchanged: 0,
    variants: 350,
  })
  expect(await eventsOf(shop, 'products.product.created')).toHaveLength(350)
  expect(await eventsOf(shop, 'products.catalogue.changed')).toHaveLength(7)
  expect(await shop.rows('products', 'SELECT DISTINCT slug FROM products')).toHaveLength(350)
  expect(await shop.rows('products', 'SELECT position FROM import_files')).toEqual([])
  expect(await shop.rows('products', 'SELECT first FROM import_batches')).toEqual([])
})

test('a file that ends its process twice is failed, not tried for ever', async () => {
  const shop = await newShop()
  const ctx = host.contextOf(shop)
  // Cut off when the first batch that was read is written.
  const { id } = await started(dying(ctx, 4), numbered(0, 5))
  const attempts = async () =>
    (await shop.rows<Json>('products', 'SELECT attempts FROM product_imports'))[0].attempts
  await until('the first process has begun', async () => await attempts() === 1)
  await endLeases(shop)
  await expect(takenToItsEnd(dying(ctx, 1), id)).rejects.toThrow('gone')
  expect(await attempts()).toBe(2)
  await endLeases(shop)
  await resumeImports(ctx)
  await until('the import ends', async () => (await adminGetProductImport(ctx, id)).status === 'failed')
  expect((await adminGetProductImport(ctx, id)).problems).toMatchObject([{
    code: 'import_abandoned',
    severity: 'error',
  }])
  expect(await shop.rows('products', 'SELECT position FROM import_files')).toEqual([])
  expect(await nextAbandonedImport(ctx.db)).toBe(null)
})

/** Whoever takes files in and begins to work on none of them. */
const idle = (ctx: Ctx): Ctx =>
  new Proxy(ctx, {
    get(target, key) {
      const value = Reflect.get(target, key, target)
      if (key !== 'transaction') return typeof value === 'function' ? value.bind(target) : value
      return (work: (tx: object) => Promise<unknown>) =>
        target.transaction((tx) => work(Object.assign(Object.create(tx), { afterCommit() {} })))
    },
  })

test('whoever works on an import keeps it, however long a step of it takes', async () => {
  const shop = await newShop()
  const ctx = host.contextOf(shop)
  const { id } = await started(idle(ctx), numbered(0, 5))
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const run = new ImportRun(ctx, id)
    expect(await run.step()).toBe('store')
    await endLeases(shop)
    vi.advanceTimersByTime(BEAT_MS)
    await until('its claim is renewed', async () => (await nextAbandonedImport(ctx.db))! > new Date())
    await takenToItsEnd(ctx, id) // by another: in vain
    expect((await adminGetProductImport(ctx, id)).processed).toBe(0)
    while (await run.step() !== 'over');
  } finally {
    vi.useRealTimers()
  }
  expect(await adminGetProductImport(ctx, id)).toMatchObject({ status: 'done', created: 5 })
})

test('a file that was never sent to its end leaves nothing behind', async () => {
  const shop = await newShop()
  const ctx = host.contextOf(shop)
  const broken = new ReadableStream<Uint8Array>({
    start(stream) {
      stream.enqueue(new Uint8Array(600 * 1024))
    },
    pull(stream) {
      stream.error(new Error('connection lost'))
    },
  })
  await expect(adminCreateProductImport(ctx, { body: broken, charset: null, stock: 'keep' })).rejects
    .toThrow()
  expect(await shop.rows('products', 'SELECT id FROM product_imports')).toEqual([])
  // A process that died meanwhile.
  await shop.rows(
    'products',
    `INSERT INTO product_imports (id, status, stock, problems, lease_until, created_at,
    updated_at) VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'uploading', 'keep', '[]', UTC_TIMESTAMP(3) - INTERVAL 1 SECOND,
    UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
  )
  expect((await nextAbandonedImport(ctx.db))!.getTime()).toBeLessThan(Date.now())
  await resumeImports(ctx)
  expect(await shop.rows('products', 'SELECT id FROM product_imports')).toEqual([])
})

test('a shop sends two files at once, not more', async () => {
  const shop = await newShop()
  const ctx = host.contextOf(shop)
  const ends: (() => void)[] = []
  const slow = () =>
    new ReadableStream<Uint8Array>({
      start(stream) {
        stream.enqueue(new TextEncoder().encode('Handle,Title\na,A\n'))
        ends.push(() => stream.close())
      },
    })
  const send = () => adminCreateProductImport(ctx, { body: slow(), charset: null, stock: 'keep' })
  const both = [send(), send()]
  await expect(send()).rejects.toMatchObject({ code: 'too_many_requests', headers: { 'retry-after': '5' } })
  for (const end of ends) end()
  await Promise.all(both)
  await expect(started(ctx, 'Handle,Title\na,A\n')).resolves.toMatchObject({ status: 'pending' })
})

/** A product with three variants, a draft with tags, and its handle. */
async function draftOfThree(owner: Client) {
  const header = 'Handle,Title,Tags,Status,Option1 Name,Option1 Value,SKU,Inventory quantity,Price'
  const lines = ['S', 'M', 'L'].map((size, n) =>
    `tee,${n ? '' : 'Tee'},${n ? '' : '"new,blue"'},${n ? '' : 'draft'},Size,${size},T-${size},${n + 5},10`
  )
  await importFile(owner, [header, ...lines].join('\n'))
  const { body } = await owner.get('/v1/admin/products', 200)
  return (await owner.get(`/v1/admin/products/${body.data[0].id}`, 200)).body
}

test('what a file has no column for stays', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const before = await draftOfThree(owner)
  const now = async () => (await owner.get(`/v1/admin/products/${before.id}`, 200)).body
  const { updated_at: _, version: __, ...same } = before

  expect(await importFile(owner, 'Handle,Title,SEO Title\ntee,Tee,Buy it\n')).toMatchObject({
    updated: 1,
    problem_count: 0,
  })
  expect(await now()).toMatchObject({ ...same, seo: { title: 'Buy it', description: null } })

  const bySku = 'Handle,SKU,Price\ntee,T-S,11\ntee,T-L,13\ntee,T-XL,14\n'
  expect((await importFile(owner, bySku)).problems).toMatchObject([{ line: 4, code: 'variant_unknown' }])
  expect(
    (await now()).variants.map((
      each: Json,
    ) => [each.sku, each.price.net.amount, each.stock, each.tracks_stock]),
  )
    .toEqual([['T-S', 1100, 5, true], ['T-M', 1000, 6, true], ['T-L', 1300, 7, true]])

  expect((await importFile(owner, 'Handle,Variant Price\ntee,99\n')).problems).toMatchObject([{
    code: 'variant_unknown',
  }])
  expect(await importFile(owner, 'Handle,Image Src\ntee,https://img.example.com/1.png\n'))
    .toMatchObject({ updated: 1, problem_count: 0 })
  expect(await now()).toMatchObject({
    name: 'Tee',
    status: 'draft',
    tags: ['new', 'blue'],
    images: [{ url: 'https://img.example.com/1.png' }],
    variants: [{ sku: 'T-S' }, { sku: 'T-M' }, { sku: 'T-L' }],
  })
  expect(await importFile(owner, 'Handle,Image Src\nnone,https://img.example.com/1.png\n'))
    .toMatchObject({ failed: 1, created: 0, problems: [{ code: 'title_missing' }] })

  const image = 'https://img.example.com/1.png'
  await importFile(
    owner,
    `Handle,Image Src,Image Alt Text,Product Category\ntee,${image},From behind,Clothes\n`,
  )
  expect(await importFile(owner, `Handle,Type,Image Src\ntee,Hats,${image}\n`)).toMatchObject({
    problem_count: 0,
  })
  expect(await now()).toMatchObject({
    product_type: 'Hats',
    categories: [{ name: 'Clothes' }],
    images: [{ url: image, alt_text: 'From behind' }],
  })
})

test('whatever an import takes away is reported', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const header =
    'Handle,Title,Tags,Product Category,Option1 Name,Option1 Value,Price,Compare-at price,Image Src'
  const [a, b] = ['https://img.example.com/a.png', 'https://img.example.com/b.png']
  await importFile(owner, `${header}\nmug,Mug,"blue,new",Home,Size,S,5,9,${a}\nmug,,,,,L,6,9,\n`)
  const done = await importFile(owner, `${header}\nmug,Mug,new,Kitchen,Size,S,5,,${b}\n`)
  expect(done.problems.map((problem: Json) => `${problem.line} ${problem.code}`).sort()).toEqual([
    '2 category_changed',
    '2 compare_at_removed',
    '2 images_removed',
    '2 tags_removed',
    '2 variant_removed',
  ])
})

test('a price alone neither renames nor publishes a product', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  await importFile(owner, 'Handle,Title,Status,Price\nmug,Large Mug,draft,5\n')
  expect(await importFile(owner, 'Handle,Variant Price\nmug,6\n')).toMatchObject({
    updated: 1,
    problem_count: 0,
  })
  const { body } = await owner.get('/v1/admin/products', 200)
  expect(body.data).toMatchObject([{ name: 'Large Mug', status: 'draft' }])
  const { body: mug } = await owner.get(`/v1/admin/products/${body.data[0].id}`, 200)
  expect(mug.variants[0].price.net.amount).toBe(600)
})

test('stock stays the shop’s own count, unless the file is to set it', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const file = csv('mug,Mug,,,,,,,MUG,9,10.00,')
  await importFile(owner, file)
  const { body: product } = await shop.visitor().get('/v1/products/mug', 200)
  const stockNow = async () =>
    (await owner.get(`/v1/admin/products/${product.id}`, 200)).body.variants[0].available_quantity
  const sell = { operation: 'decrement', quantity: 4, reason: 'sold at the counter' }
  await owner.post(`/v1/admin/variants/${product.variants[0].id}/stock`, sell, 200)
  expect(await importFile(owner, file)).toMatchObject({ unchanged: 1 })
  expect(await importFile(owner, csv('mug,Mug,,,,,,,MUG,9,11.00,'))).toMatchObject({ updated: 1 })
  expect(await stockNow()).toBe(5)
  expect(await importFile(owner, csv('mug,Mug,,,,,,,MUG,9,11.00,'), { stock: 'set' })).toMatchObject({
    updated: 1,
  })
  expect(await stockNow()).toBe(9)
  expect(await importFile(owner, csv('mug,Mug,,,,,,,MUG,9,11.00,'), { stock: 'set' })).toMatchObject({
    unchanged: 1,
  })
})

test('a product that was changed since is put back by its file', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const file = csv('mug,Mug,,,,,,,MUG,9,10.00,')
  await importFile(owner, file)
  const { body: list } = await owner.get('/v1/admin/products', 200)
  const path = `/v1/admin/products/${list.data[0].id}`
  const { headers } = await owner.get(path, 200)
  await owner.patch(path, { name: 'Cup' }, 200, { 'if-match': headers.etag })
  expect(await importFile(owner, file)).toMatchObject({ updated: 1 })
  expect((await owner.get(path, 200)).body.name).toBe('Mug')
})

test('names that differ for people are two products, two brands, two categories', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const header = 'Handle,Title,Vendor,Product Category,Price'
  const file = [
    header,
    'noël,Noël,C,Home > Garden Tools,1',
    'noel,Noel,C++,Home Garden > Tools,2',
    '🎁,Gift,C#,Home > Garden Tools,3',
    '🔥,Fire,c,home > garden tools,4',
    '',
  ].join('\n')
  const done = await importFile(owner, file)
  expect(done).toMatchObject({ created: 4, failed: 0 })
  expect(done.problems.map((problem: Json) => `${problem.line} ${problem.code}`))
    .toEqual(['2 handle_changed', '3 handle_changed', '4 handle_changed', '5 handle_changed'])
  expect(await importFile(owner, file)).toMatchObject({ created: 0, unchanged: 4 })
  expect(await importFile(owner, [header, 'noel,Noel,C++,Home Garden > Tools,9'].join('\n')))
    .toMatchObject({ created: 0, updated: 1 })
  const rows = await shop.rows<Json>('products', 'SELECT name, price_min FROM products')
  expect(rows.map(({ name, price_min }) => `${name} ${Number(price_min)}`).sort())
    .toEqual(['Fire 400', 'Gift 300', 'Noel 900', 'Noël 100'])
  expect(await shop.rows('products', 'SELECT name FROM brands')).toHaveLength(3)
  expect(await shop.rows('products', 'SELECT name FROM categories')).toHaveLength(4)
})

test('a file is held to the limits of the API: no value breaks a list', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const done = await importFile(
    owner,
    csv(
      'ean,EAN in the price,,,,,,,E,1,54012345678905,',
      'bel,"B\u0007e\nl",,,,"a\u0000b",,,"B\u0007EL",99999999999,1,',
      'ok,Fine,,,,,,,OK,1,1.00,',
    ),
  )
  expect(done).toMatchObject({ status: 'done', created: 3 })
  expect(done.problems.map((problem: Json) => `${problem.line} ${problem.code}`)).toEqual(
    expect.arrayContaining([
      '2 value_refused',
      '2 price_missing',
      '3 characters_replaced',
      '3 value_refused',
    ]),
  )
  expect((await shop.visitor().get('/v1/products', 200)).body.data).toHaveLength(3)
  await owner.get('/v1/admin/products', 200)
  expect(
    await shop.rows(
      'products',
      `SELECT p.name, p.tags, v.sku, v.stock FROM products p JOIN variants v
    ON v.product_id = p.id WHERE p.slug = 'bel'`,
    ),
  ).toMatchObject([{ name: 'B e l', sku: null, stock: 0 }])
})

test('a repeated request with its key is the same import; another file with it is refused', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const headers = { 'content-type': 'text/csv', 'idempotency-key': 'catalogue-2026-01' }
  const post = (file: string) => owner.post('/v1/admin/product-imports', file, undefined, headers)
  expect((await post('')).body.code, 'a refusal leaves the key free').toBe('validation_failed')
  const first = await post('Handle,Title,Price\na,A,1\n')
  const again = await post('Handle,Title,Price\na,A,1\n')
  expect([first.status, again.status, again.body.id]).toEqual([202, 202, first.body.id])
  expect(again.headers['idempotency-replayed']).toBe('true')
  for (const other of ['Handle,Title,Price\na,A,2\n', 'Handle,Title,Price\nlonger,A longer file,1\n']) {
    expect((await post(other)).body.code).toBe('idempotency_key_reused')
  }
  await until(
    'it is done',
    async () => (await owner.get(first.headers.location!, 200)).body.status === 'done',
  )
  expect((await owner.get('/v1/admin/product-imports', 200)).body.data).toHaveLength(1)
})

test('encodings: what is declared counts, an unknown or a compressed one is refused', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const bytes = new Uint8Array([...Buffer.from('Handle,Title,Price\na,'), 0xe1, 0xe2, ...Buffer.from(',1\n')])
  await importFile(owner, bytes, { type: 'application/vnd.ms-excel; charset=ISO-8859-7' })
  expect((await shop.visitor().get('/v1/products/a', 200)).body.name).toBe('αβ')
  const post = async (headers: Record<string, string>) =>
    (await owner.post('/v1/admin/product-imports', bytes, undefined, {
      'content-type': 'text/csv',
      ...headers,
    })).status
  expect(await post({ 'content-encoding': 'gzip' })).toBe(415)
  expect(await post({ 'content-type': 'text/csv; charset=klingon' })).toBe(415)
})

test('files that once ended the region end as failed or done, and shoppers are answered meanwhile', async () => {
  const shop = await newShop()
  const owner = await shop.owner()
  const files: [string, string, string][] = [
    ['line feeds', '\n'.repeat(2_000_000), 'failed'],
    ['short lines without a header', 'a,b\n'.repeat(1_250_000), 'failed'],
    ['short lines of a product', `Handle,Title\n${'a,b\n'.repeat(600_000)}`, 'failed'],
    ['open quotes', `Handle,Title\n${'a,"b\n'.repeat(400_000)}`, 'failed'],
    ['one endless line', `Handle,Title\n${'x,'.repeat(1_500_000)}`, 'failed'],
  ]
  for (const [name, file, status] of files) {
    const begun = await owner.post('/v1/admin/product-imports', file, 202, { 'content-type': 'text/csv' })
    const end = await until(`${name} end`, async () => {
      await shop.visitor().get('/v1/products', 200)
      const { body } = await owner.get(begun.headers.location!, 200)
      return ['done', 'failed'].includes(body.status) && body
    })
    expect(end.status, `${name}: ${JSON.stringify(end).slice(0, 500)}`).toBe(status)
    expect(end.problems.some((problem: Json) => problem.severity === 'error'), name).toBe(true)
  }
  expect(await shop.rows('products', 'SELECT id FROM products')).toEqual([])
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
