import { and, asc, eq, gt, inArray, isNull, lt, or } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import type { Check } from '../../../shared/service/service.ts'
import { type Document, documentOf } from '../documents/document.ts'
import { refreshOutdated } from '../documents/outdated.ts'
import { derive } from '../domain/derived.ts'
import type { Ctx } from '../needs.ts'
import { type Details, findMany } from '../queries/details.ts'
import { outdatedDocuments, productDocuments, products } from '../schema.ts'
import { announceCatalogue } from '../writes/catalogue-changed.ts'
import { type ProductId, REFRESH_BATCH, refreshProducts, sourceOf } from '../writes/refresh-products.ts'

/** Due work is done within seconds, and a minute after the death of a process. */
const PATIENCE_MS = 120_000

type Fault = { id: ProductId; text: string }

/** What shoppers see of each product is what would be made of it now, and no change waits to reach them. */
export const documents: Check<Ctx> = {
  async find(ctx) {
    const texts: string[] = []
    for await (const faults of faultsOf(ctx)) texts.push(...faults.map(({ text }) => text))
    const late = await ctx.db.select().from(outdatedDocuments)
      .where(lt(outdatedDocuments.due_at, new Date(ctx.now().getTime() - PATIENCE_MS)))
    return [...texts, ...late.map(({ cause }) => `documents wait for a change of ${cause}`)]
  },
  async repair(ctx) {
    while (await refreshOutdated(ctx));
    for await (const faults of faultsOf(ctx)) {
      if (faults.length > 0) await rebuild(ctx, faults.map(({ id }) => id))
    }
  },
}

/** In the order of the products, then documents of products that aren't there. */
async function* faultsOf(ctx: Ctx): AsyncGenerator<Fault[]> {
  let after: ProductId | undefined
  do {
    const rows = await ctx.db.select(kept).from(products).where(after && gt(products.id, after))
      .orderBy(asc(products.id)).limit(REFRESH_BATCH)
    yield await faultsAmong(ctx, rows)
    after = rows.at(-1)?.id
  } while (after)
  const orphans = await ctx.db.select({ id: productDocuments.product_id }).from(productDocuments)
    .leftJoin(products, eq(products.id, productDocuments.product_id)).where(isNull(products.id))
  yield orphans.map(({ id }) => ({ id, text: `a document is there for ${id}, which isn't` }))
}

const kept = {
  id: products.id,
  price_min: products.price_min,
  price_max: products.price_max,
  on_sale: products.on_sale,
  search_text: products.search_text,
}
type Kept = Pick<typeof products.$inferSelect, keyof typeof kept>

async function faultsAmong(ctx: Ctx, rows: Kept[]): Promise<Fault[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const stored = await ctx.db.select().from(productDocuments).where(inArray(productDocuments.product_id, ids))
  const byProduct = new Map(stored.map((document) => [document.product_id, document]))
  const details = await findMany(ctx.db, ids)
  return rows.flatMap((row) => {
    const text = faultOf(ctx, row, details.get(row.id), byProduct.get(row.id))
    return text ? [{ id: row.id, text }] : []
  })
}

function faultOf(ctx: Ctx, row: Kept, details?: Details, stored?: Document): string | undefined {
  if (!details) return stored && `a document is there for ${row.id}, which is deleted`
  let wanted: Document | undefined
  try {
    const derived = derive(sourceOf(details))
    if (!isSame(derived, row)) return `${row.id} keeps something else than its variants and texts say`
    wanted = documentOf(details, derived, ctx.tenant)
  } catch (error) {
    return `${row.id} can't be shown: ${(error as Error).message}`
  }
  if (!wanted) return stored && `a document is there for ${row.id}, which shoppers don't see`
  if (!stored) return `the document of ${row.id} is missing`
  return isSame(wanted, stored)
    ? undefined
    : `the document of ${row.id} shows something else than the product`
}

const isSame = <T extends object>(wanted: T, stored: T): boolean =>
  Object.entries(wanted).every(([key, value]) =>
    JSON.stringify(value) === JSON.stringify(stored[key as keyof T])
  )

async function rebuild(ctx: Ctx, ids: ProductId[]): Promise<void> {
  await ctx.transaction(async (tx) => {
    await forget(tx, ids)
    await refreshProducts(ctx, tx, ids)
    announceCatalogue(ctx, tx)
  })
}

/** Their documents, and any that has the slug of one of them. */
async function forget(tx: Executor, ids: ProductId[]): Promise<void> {
  const rows = await tx.select({ slug: products.slug }).from(products)
    .where(and(inArray(products.id, ids), isNull(products.deleted_at))).orderBy(asc(products.id)).for(
      'update',
    )
  await tx.delete(productDocuments).where(or(
    inArray(productDocuments.product_id, ids),
    rows.length > 0 ? inArray(productDocuments.slug, rows.map(({ slug }) => slug)) : undefined,
  ))
}
