import { asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import type { Log } from '../../../shared/telemetry/log.ts'
import { type Document, documentOf } from '../documents/document.ts'
import type { Pricing } from '../documents/show.ts'
import { derive, type Derived } from '../domain/derived.ts'
import { type Details, findMany } from '../queries/details.ts'
import { productDocuments, products } from '../schema.ts'

/** Products a statement. */
export const REFRESH_BATCH = 100
/** Of documents that go in one statement. */
const STATEMENT_CHARS = 1_000_000

export type ProductId = typeof products.$inferSelect['id']
/** Of a context: the shop whose products they are. */
export type OfShop = { tenant: Pricing; log: Pick<Log, 'error'> }

export type Refreshed = {
  /** As they are now; without deleted ones. */
  details: Map<ProductId, Details>
  /** Shoppers see something else from now on. */
  isSeen: boolean
}

/**
 * Writes again what is kept of products' variants, images, places and texts: the price range, sale mark and search
 * words of their rows, and what shoppers see of them. Part of every change of any of these. Locks the products, and
 * reads what they are made of under that lock, so that of two changes the later one sees both. Two statements for each
 * hundred products, and one more for each of the two that isn't as it was.
 */
export async function refreshProducts(shop: OfShop, tx: Executor, ids: ProductId[]): Promise<Refreshed> {
  const all: Refreshed = { details: new Map(), isSeen: false }
  for (let at = 0; at < ids.length; at += REFRESH_BATCH) {
    const { details, isSeen } = await refreshBatch(shop, tx, ids.slice(at, at + REFRESH_BATCH))
    for (const [id, each] of details) all.details.set(id, each)
    all.isSeen ||= isSeen
  }
  return all
}

async function refreshBatch(shop: OfShop, tx: Executor, ids: ProductId[]): Promise<Refreshed> {
  const rows = await lockProducts(tx, ids)
  const details = await findMany(tx, ids)
  const made = rows.flatMap((row) => {
    const each = details.get(row.id)
    const is = each && make(shop, each)
    return is ? [{ row, details: each, ...is }] : []
  })
  const changed = made.filter(({ row, derived }) => keys.some((key) => row[key] !== derived[key]))
  if (changed.length > 0) {
    await writeDerived(tx, changed.map(({ row, derived }) => ({ id: row.id, ...derived })))
    for (const { details: { product }, derived } of changed) {
      product.price_min = derived.price_min
      product.on_sale = derived.on_sale
    }
  }
  const documents = new Map(made.map(({ row, document }) => [row.id, document]))
  const fresh = rows.flatMap(({ id, etag }) => {
    const document = documents.get(id)
    return document && document.etag !== etag ? [document] : []
  })
  const gone = rows.filter(({ id, etag }) => etag !== null && !documents.get(id)).map(({ id }) => id)
  if (gone.length > 0) await tx.delete(productDocuments).where(inArray(productDocuments.product_id, gone))
  for (const chunk of chunks(fresh)) await upsert(tx, chunk)
  return { details, isSeen: fresh.length + gone.length > 0 }
}

const keys = ['price_min', 'price_max', 'on_sale', 'search_text'] as const

const lockProducts = (tx: Executor, ids: ProductId[]) =>
  tx.select({
    id: products.id,
    price_min: products.price_min,
    price_max: products.price_max,
    on_sale: products.on_sale,
    search_text: products.search_text,
    etag: productDocuments.etag,
  }).from(products)
    .leftJoin(productDocuments, eq(productDocuments.product_id, products.id))
    .where(inArray(products.id, ids)).orderBy(asc(products.id)).for('update')

export const sourceOf = ({ product, variants }: Details) => ({
  ...product,
  brand: product.brand?.name ?? null,
  variants,
})

/** A product that can't be shown, which nothing that is stored today should be, must not keep others from it. */
function make(shop: OfShop, details: Details): { derived: Derived; document?: Document } | undefined {
  try {
    const derived = derive(sourceOf(details))
    return { derived, document: documentOf(details, derived, shop.tenant) }
  } catch (error) {
    shop.log.error('product not shown', { product: details.product.id, error })
  }
}

async function writeDerived(tx: Executor, rows: ({ id: ProductId } & Derived)[]): Promise<void> {
  const byId = (value: (row: Derived) => unknown): SQL =>
    sql`CASE ${products.id} ${
      sql.join(rows.map((row) => sql`WHEN ${sql.param(row.id, products.id)} THEN ${value(row)}`), sql` `)
    } END`
  await tx.update(products).set({
    price_min: byId((row) => row.price_min),
    price_max: byId((row) => row.price_max),
    on_sale: byId((row) => row.on_sale),
    search_text: byId((row) => row.search_text),
  }).where(inArray(products.id, rows.map(({ id }) => id)))
}

async function upsert(tx: Executor, documents: Document[]): Promise<void> {
  const { product_id: _, ...columns } = documents[0]!
  const given = Object.keys(columns).map((column) => [column, sql.raw(`VALUES(\`${column}\`)`)])
  await tx.insert(productDocuments).values(documents).onDuplicateKeyUpdate({ set: Object.fromEntries(given) })
}

function* chunks(documents: Document[]): Generator<Document[]> {
  let chunk: Document[] = []
  let chars = 0
  for (const document of documents) {
    if (chunk.length > 0 && chars + document.detail.length > STATEMENT_CHARS) {
      yield chunk
      chunk = []
      chars = 0
    }
    chunk.push(document)
    chars += document.detail.length
  }
  if (chunk.length > 0) yield chunk
}
