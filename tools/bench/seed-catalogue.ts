import type { Connection } from 'mysql2/promise'
import type { Pricing } from '../../services/products/documents/show.ts'
import { derive } from '../../services/products/domain/derived.ts'
import { refreshProducts } from '../../services/products/writes/refresh-products.ts'
import { executorOf } from '../../shared/db/database.ts'
import { idFromBytes, idToBytes, newId } from '../../shared/kernel/id.ts'
import { nameDigest } from '../../shared/kernel/slug.ts'
import { createLog } from '../../shared/telemetry/log.ts'

type Size = { products: number; variants?: number; brands?: number; categories?: number; pricing?: Pricing }

const WORDS =
  'ocean blue cotton shirt wooden chair copper light clay pot leather bag silk scarf wool jumper garden lamp linen sofa ceramic mug'
    .split(' ')
const ROWS = 500
const PRICING: Pricing = { currency: 'EUR', prices_include_vat: false }

/**
 * Fills the products database of a shop with an invented catalogue by bulk INSERTs: about 1,500 products a second.
 * `connection` is open on that database, of a shop that prices in euros without VAT unless `pricing` says otherwise.
 * Returns the slugs.
 */
export async function seedCatalogue(connection: Connection, size: Size): Promise<string[]> {
  const { products, variants = 3, brands = 40, categories = 60 } = size
  const now = Date.now()
  const at = (ms: number) => new Date(ms)
  const bytes = (prefix: string) => Buffer.from(idToBytes(prefix, newId(prefix)))
  const brandIds = Array.from({ length: brands }, () => bytes('brand'))
  await insert(
    connection,
    'brands (id, name, name_key, slug, created_at, updated_at)',
    brandIds.map((
      id,
      n,
    ) => [id, `Brand ${n}`, Buffer.from(nameDigest(`Brand ${n}`)), `brand-${n}`, at(now), at(now)]),
  )
  const categoryIds = Array.from({ length: categories }, () => bytes('cat'))
  await insert(
    connection,
    'categories (id, parent_id, name, name_key, slug, created_at, updated_at)',
    // Ten roots; every other one hangs below an earlier one.
    categoryIds.map((
      id,
      n,
    ) => [
      id,
      n < 10 ? null : categoryIds[Math.floor(n / 3)],
      `Category ${n}`,
      // Names differ everywhere, so that the place need not be part of it.
      Buffer.from(nameDigest(`Category ${n}`)),
      `category-${n}`,
      at(now),
      at(now),
    ]),
  )
  const rows = Array.from({ length: products }, (_, n) => productRow(n, variants))
  const ids = rows.map(() => bytes('prod'))
  await insert(
    connection,
    'products (id, slug, ref, name, description, status, brand_id, tags, options, price_min, price_max, on_sale, search_text, created_at, updated_at)',
    rows.map((row, n) => {
      const created = at(now - (products - n) * 1_000)
      return [
        ids[n],
        row.slug,
        row.ref,
        row.name,
        row.description,
        'active',
        brandIds[n % brands],
        JSON.stringify(row.tags),
        JSON.stringify([{ name: 'Size', values: row.variants.map(({ option_values }) => option_values[0]) }]),
        row.derived.price_min,
        row.derived.price_max,
        row.derived.on_sale,
        row.derived.search_text,
        created,
        created,
      ]
    }),
  )
  await insert(
    connection,
    'variants (id, product_id, position, option_values, sku, price, compare_at_price, stock, created_at, updated_at)',
    rows.flatMap((row, n) =>
      row.variants.map((each, position) => [
        bytes('var'),
        ids[n],
        position,
        JSON.stringify(each.option_values),
        each.sku,
        each.price,
        each.compare_at_price,
        (n + position) % 20,
        at(now),
        at(now),
      ])
    ),
  )
  await insert(
    connection,
    'product_images (id, product_id, url, position, created_at, updated_at)',
    rows.flatMap((_, n) =>
      [0, 1].map((
        position,
      ) => [
        bytes('img'),
        ids[n],
        `https://images.example.com/${n}-${position}.jpg`,
        position,
        at(now),
        at(now),
      ])
    ),
  )
  await insert(
    connection,
    'product_categories (product_id, category_id)',
    rows.map((_, n) => [ids[n], categoryIds[n % categories]]),
  )
  await connection.beginTransaction()
  const shop = { tenant: size.pricing ?? PRICING, log: createLog('error') }
  await refreshProducts(shop, executorOf(connection), ids.map((id) => idFromBytes('prod', id!)))
  await connection.commit()
  return rows.map((row) => row.slug)
}

function productRow(n: number, variants: number) {
  const word = (step: number) => WORDS[(n * step + step) % WORDS.length]!
  const name = [word(1), word(7), word(11)].map((each) => each[0]!.toUpperCase() + each.slice(1)).join(' ')
  const product = {
    slug: `product-${n}`,
    ref: `REF-${n}`,
    name: `${name} ${n}`,
    short_description: null,
    description: `<p>A ${word(3)} ${word(5)} with ${word(13)} and ${word(17)}, made to last.</p>`.repeat(6),
    product_type: null,
    brand: null,
    tags: [word(2), `tag-${n % 100}`],
    variants: Array.from({ length: variants }, (_, v) => ({
      option_values: [`Size ${v}`],
      sku: `SKU-${n}-${v}`,
      barcode: null,
      price: 500 + (n * 37 + v * 250) % 20_000,
      compare_at_price: n % 5 === 0 ? 25_000 : null,
    })),
  }
  return { ...product, derived: derive(product) }
}

async function insert(connection: Connection, target: string, rows: unknown[][]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS) {
    await connection.query(`INSERT INTO ${target} VALUES ?`, [rows.slice(at, at + ROWS)])
  }
}
