import { madeAt } from '../../../shared/db/columns.ts'
import { inArray, or } from 'drizzle-orm'
import type { Tx } from '../../../shared/service/context.ts'
import { optionsOf } from '../domain/options.ts'
import { nameFromSlug, slugsOf, withEnd } from '../../../shared/kernel/slug.ts'
import type { Ctx } from '../needs.ts'
import { products } from '../schema.ts'
import { roomForProducts } from '../writes/plan-limit.ts'
import type { Report } from './batch-report.ts'
import type { ProductRow } from './match-products.ts'
import { mergeVariants, type VariantRow } from './merge-variants.ts'
import type { ImportRecord } from './record.ts'
import { insertVariants } from './write-rows.ts'

export type Created = { record: ImportRecord; product: ProductRow; variants: VariantRow[] }

/** Makes the products that the shop doesn't have yet, as far as its plan allows. */
export async function createProducts(
  ctx: Ctx,
  tx: Tx,
  records: ImportRecord[],
  brandOf: (record: ImportRecord) => ProductRow['brand_id'],
  report: Report,
): Promise<Created[]> {
  if (records.length === 0) return []
  const named = records.filter((record) => {
    const isOffered = record.variants.some(({ price, sku }) => price != null || sku != null)
    const isNamed = record.fields.name !== undefined || (record.describes_variants && isOffered)
    if (!isNamed) {
      report.refuse(record, 'title_missing', 'the shop has no such product, and no title makes a new one')
    }
    return isNamed
  })
  const room = await roomForProducts(ctx, tx)
  for (const record of named.slice(room)) {
    report.refuse(record, 'plan_limit', 'the plan of the shop holds no more products')
  }
  const fitting = named.slice(0, room)
  if (fitting.length === 0) return []
  const takenBy = await takenNames(tx, fitting)
  const created = fitting.map((record): Created => {
    const id = ctx.newId('prod')
    const own = freeSlug(record, takenBy.slugs, report)
    const now = ctx.now()
    const merged = mergeVariants({
      product_id: id,
      record,
      present: [],
      options: [],
      policy: 'set',
      now,
      newId: () => ctx.newId('var'),
    })
    report.add(record, merged.notes)
    const { name, description, product_type, tags, status, seo_title, seo_description } = record.fields
    if (name === undefined) report.warn(record, 'title_derived', 'no title: made from the handle')
    const product: ProductRow = {
      id,
      slug: own,
      ref: takenBy.refs.has(own) ? withEnd(own, id.slice(-8)) : own,
      name: name ?? (nameFromSlug(record.handle).slice(0, 255).trim() || record.handle),
      description: description ?? null,
      product_type: product_type ?? null,
      tags: tags ?? [],
      status: status ?? 'active',
      meta_title: seo_title ?? null,
      meta_description: seo_description ?? null,
      options: optionsOf(merged.options, merged.all),
      brand_id: brandOf(record),
      import_hash: Buffer.from(record.hash, 'hex'),
      import_version: 1,
      import_handle: record.handle,
      short_description: null,
      is_featured: false,
      vat_rate_id: null,
      price_min: null,
      price_max: null,
      on_sale: false,
      search_text: '',
      version: 1,
      deleted_at: null,
      ...madeAt(now),
    }
    return { record, product, variants: merged.rows }
  })
  await tx.insert(products).values(created.map(({ product }) => product))
  await insertVariants(tx, created.flatMap(({ variants }) => variants))
  return created
}

async function takenNames(tx: Tx, records: ImportRecord[]) {
  const possible = records.flatMap(({ handle }) => handleSlugs(handle))
  const rows = await tx.select({ slug: products.slug, ref: products.ref }).from(products)
    .where(or(inArray(products.slug, possible), inArray(products.ref, possible)))
  return { slugs: new Set(rows.map((row) => row.slug)), refs: new Set(rows.map((row) => row.ref)) }
}

/** The handle as a slug, with an end of its own where that is another product's. */
function freeSlug(record: ImportRecord, taken: Set<string>, report: Report): string {
  const possible = handleSlugs(record.handle)
  const free = possible.find((each) => !taken.has(each)) ?? withEnd(possible.at(-1)!, record.hash.slice(0, 8))
  if (free !== record.handle) {
    const why = free === possible[0] ? '' : `: ${possible[0]} is another product`
    report.warn(record, 'handle_changed', `${record.handle} becomes ${free}${why}`)
  }
  taken.add(free)
  return free
}

/** The handle as a slug, and one that is its own: the same whenever the file is imported. */
const handleSlugs = (handle: string): string[] => slugsOf(handle, null, handle).slice(0, -1)
