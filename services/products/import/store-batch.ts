import { and, eq, inArray } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { groupBy } from '../../domain/group.ts'
import type { ImportNote, ImportRecord } from '../../domain/import-record.ts'
import type { Ctx } from '../../needs.ts'
import { products, variants } from '../../schema.ts'
import { roomForProducts } from '../../writes/plan-limit.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { refreshProducts } from '../../writes/refresh-products.ts'
import { syncCategories } from '../../writes/sync-categories.ts'
import { syncImages } from '../../writes/sync-images.ts'
import { announceAll, announceVariants } from './announce-batch.ts'
import { mergeVariants, type VariantRow } from './merge-variants.ts'
import { placeRecords } from './place-records.ts'
import { insertVariants, upsertProducts, upsertVariants } from './write-rows.ts'

type Product = typeof products.$inferSelect
export type BatchResult = {
  created: number
  updated: number
  unchanged: number
  failed: number
  variants: number
  problems: ImportNote[]
}

export type Stored = { record: ImportRecord; product: Product; variants: VariantRow[] }

/** Stores the records in a number of statements that doesn't depend on theirs. A record that was stored before is passed over. */
export async function storeBatch(ctx: Ctx, tx: Tx, all: ImportRecord[]): Promise<BatchResult> {
  const problems: ImportNote[] = []
  const present = await presentProducts(tx, all)
  const isSame = ({ slug, hash }: ImportRecord) => hex(present.get(slug)?.import_hash) === hash
  const changed = all.filter((record) => !isSame(record))
  const fresh = changed.filter(({ slug }) => !present.has(slug))
  const room = fresh.length > 0 ? await roomForProducts(ctx, tx) : 0
  const refused = new Set(fresh.slice(room))
  for (const { line, slug } of refused) {
    problems.push({
      line,
      handle: slug,
      severity: 'error',
      code: 'plan_limit',
      message: 'the plan of the shop holds no more products',
    })
  }
  const records = changed.filter((record) => !refused.has(record))
  const created: Stored[] = []
  const updated: Stored[] = []
  if (records.length > 0) {
    const places = await placeRecords(tx, records, ctx.now())
    created.push(...await createAll(ctx, tx, records.filter(({ slug }) => !present.has(slug)), places))
    updated.push(
      ...await updateAll(ctx, tx, records.filter(({ slug }) => present.has(slug)), places, present, problems),
    )
    await writeLists(ctx, tx, [...created, ...updated], places)
    await announceAll(tx, created, updated, present)
    announceCatalogue(ctx, tx)
  }
  return {
    created: created.length,
    updated: updated.length,
    unchanged: all.length - changed.length,
    failed: refused.size,
    variants: [...created, ...updated].reduce((sum, stored) => sum + stored.variants.length, 0),
    problems,
  }
}

type Places = Awaited<ReturnType<typeof placeRecords>>

/** Locked until the batch is stored, so that nobody changes them in between. */
async function presentProducts(tx: Executor, records: ImportRecord[]): Promise<Map<string, Product>> {
  const rows = await tx.select().from(products).where(inArray(products.slug, records.map(({ slug }) => slug)))
    .for('update')
  return new Map(rows.map((row) => [row.slug, row]))
}

async function createAll(ctx: Ctx, tx: Tx, records: ImportRecord[], { brandOf }: Places): Promise<Stored[]> {
  if (records.length === 0) return []
  const slugs = records.map(({ slug }) => slug)
  const taken = new Set(
    (await tx.select({ ref: products.ref }).from(products).where(inArray(products.ref, slugs))).map((
      { ref },
    ) => ref),
  )
  const now = ctx.now()
  const stored = records.map((record): Stored => {
    const id = ctx.newId('prod')
    const product: Product = {
      ...describe(record),
      id,
      slug: record.slug,
      ref: taken.has(record.slug)
        ? `${Array.from(record.slug).slice(0, 240).join('')}~${id.slice(-8)}`
        : record.slug,
      brand_id: brandOf(record),
      short_description: null,
      is_featured: false,
      vat_rate_id: null,
      price_min: null,
      price_max: null,
      on_sale: false,
      search_text: '',
      version: 1,
      deleted_at: null,
      created_at: now,
      updated_at: now,
    }
    return { record, product, variants: mergeVariants(id, record, [], now, () => ctx.newId('var')).rows }
  })
  await tx.insert(products).values(stored.map(({ product }) => product))
  await insertVariants(tx, stored.flatMap((each) => each.variants))
  return stored
}

/** What the file leaves blank stays as it is, but for tags and reductions: those end by being left out. */
async function updateAll(
  ctx: Ctx,
  tx: Tx,
  records: ImportRecord[],
  { brandOf }: Places,
  present: Map<string, Product>,
  problems: ImportNote[],
): Promise<Stored[]> {
  if (records.length === 0) return []
  const now = ctx.now()
  const ids = records.map(({ slug }) => present.get(slug)!.id)
  const rows = await tx.select().from(variants).where(inArray(variants.product_id, ids)).orderBy(variants.id)
    .for('update')
  const before = groupBy(rows, (row) => row.product_id)
  const merged = records.map((record) => {
    const old = present.get(record.slug)!
    const { rows: variants, gone, kept } = mergeVariants(
      old.id,
      record,
      before.get(old.id) ?? [],
      now,
      () => ctx.newId('var'),
    )
    for (const { sku, option_values } of kept) {
      problems.push({
        line: record.line,
        handle: record.slug,
        severity: 'warning',
        code: 'variant_kept',
        message: `${
          option_values.join(' / ') || sku || 'a variant'
        } is not in the file, but pending orders hold it: kept`,
      })
    }
    const told = describe(record)
    const product: Product = {
      ...old,
      ...told,
      description: told.description ?? old.description,
      product_type: told.product_type ?? old.product_type,
      meta_title: told.meta_title ?? old.meta_title,
      meta_description: told.meta_description ?? old.meta_description,
      brand_id: brandOf(record) ?? old.brand_id,
      updated_at: now,
    }
    return { record, product, variants, gone }
  })
  const gone = merged.flatMap((each) => each.gone)
  if (gone.length > 0) {
    await tx.delete(variants).where(and(inArray(variants.id, gone), eq(variants.reserved, 0)))
  }
  await upsertProducts(tx, merged.map(({ product }) => product))
  await upsertVariants(tx, merged.flatMap((each) => each.variants))
  const previous = new Map(rows.map((row) => [row.id, row]))
  for (const { product, variants: changed } of merged) announceVariants(tx, product, changed, previous)
  return merged
}

const describe = (record: ImportRecord) => ({
  name: record.name,
  description: record.description,
  product_type: record.product_type,
  tags: record.tags,
  status: record.status,
  meta_title: record.meta_title,
  meta_description: record.meta_description,
  options: record.options,
  import_hash: Buffer.from(record.hash, 'hex') as Uint8Array,
})

async function writeLists(ctx: Ctx, tx: Tx, stored: Stored[], { categoryOf }: Places): Promise<void> {
  const placed = stored.flatMap(({ record, product }) => {
    const category = categoryOf(record)
    return category === null ? [] : [{ product_id: product.id, category_ids: [category] }]
  })
  await syncCategories(tx, placed)
  const pictured = stored.filter(({ record }) => record.images.length > 0)
  await syncImages(
    tx,
    pictured.map(({ record, product }) => ({ product_id: product.id, images: record.images })),
    ctx.now(),
  )
  await refreshProducts(tx, stored.map(({ product }) => product.id))
}

const hex = (bytes: Uint8Array | null | undefined) => bytes ? Buffer.from(bytes).toString('hex') : null
