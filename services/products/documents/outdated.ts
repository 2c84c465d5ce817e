import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import { earliest } from '../../../shared/db/earliest.ts'
import type { Executor } from '../../../shared/db/database.ts'
import { turnOf } from '../../../shared/db/batches.ts'
import type { Tx } from '../../../shared/service/context.ts'
import type { Ctx } from '../needs.ts'
import { outdatedDocuments, productCategories, products } from '../schema.ts'
import { announceCatalogue } from '../writes/catalogue-changed.ts'
import { type ProductId, REFRESH_BATCH, refreshProducts } from '../writes/refresh-products.ts'

/** What was changed: a brand, a category, a VAT rate, or which rate is the default. */
export type Cause = `brand_${string}` | `cat_${string}` | `vat_${string}` | typeof DEFAULT_RATE
export const DEFAULT_RATE = 'default_rate'

const TURN_MS = 5_000

type Outdated = { cause: string; after: ProductId | null }

/**
 * Part of a change of what many products show. The first of them are written again at once, so that most shops see it
 * all with the answer; the others are left as due work, which commits with the change.
 */
export async function outdate(ctx: Ctx, tx: Tx, cause: Cause): Promise<void> {
  const row = { cause, after: null, due_at: ctx.now() }
  await tx.insert(outdatedDocuments).values(row)
    .onDuplicateKeyUpdate({ set: { after: sql`NULL`, due_at: sql`VALUES(due_at)` } })
  const { isMore } = await refreshNext(ctx, tx, row)
  // No row stands for the default that a product being made right now could wait at: they are looked for again.
  if (cause === DEFAULT_RATE) {
    await tx.insert(outdatedDocuments).values(row).onDuplicateKeyUpdate({ set: { after: sql`NULL` } })
  } else if (!isMore) return
  // When the request is over: until then what it does belongs to its Idempotency-Key.
  tx.afterCommit(() => void setTimeout(() => void refreshAll(ctx)))
}

export const nextOutdated = (db: Executor): Promise<Date | null> => earliest(db, outdatedDocuments.due_at)

/** For a turn's time, batch by batch, each in a transaction of its own. Answers whether more may be left. */
export async function refreshOutdated(ctx: Ctx): Promise<boolean> {
  const isOver = turnOf(TURN_MS)
  while (await refreshBatch(ctx)) if (isOver()) return true
  return false
}

/** Goes on at once; if this process ends, the job finds what is left. */
async function refreshAll(ctx: Ctx): Promise<void> {
  try {
    while (await refreshOutdated(ctx));
  } catch (error) {
    ctx.log.warn('documents not refreshed yet', { error })
  }
}

/** False: nothing is left that no other process works on. */
export async function refreshBatch(ctx: Ctx): Promise<boolean> {
  return await ctx.transaction(async (tx) => {
    const [row] = await tx.select().from(outdatedDocuments)
      .orderBy(asc(outdatedDocuments.due_at)).limit(1).for('update', { skipLocked: true })
    if (!row) return false
    const { isSeen } = await refreshNext(ctx, tx, row)
    if (isSeen) announceCatalogue(ctx, tx)
    return true
  })
}

async function refreshNext(ctx: Ctx, tx: Tx, { cause, after }: Outdated) {
  const rows = await productsOf(tx, cause, after)
  const { isSeen } = await refreshProducts(ctx, tx, rows.map(({ id }) => id))
  const isMore = rows.length === REFRESH_BATCH
  const own = eq(outdatedDocuments.cause, cause)
  if (isMore) await tx.update(outdatedDocuments).set({ after: rows.at(-1)!.id }).where(own)
  else await tx.delete(outdatedDocuments).where(own)
  return { isSeen, isMore }
}

/**
 * The next that show what was changed. Locked: one that becomes such meanwhile is waited for, or waits itself, by the
 * foreign key, for the change, and sees it.
 */
async function productsOf(tx: Tx, cause: string, after: ProductId | null): Promise<{ id: ProductId }[]> {
  const isNext = and(isNull(products.deleted_at), after ? gt(products.id, after) : undefined)
  const all = tx.select({ id: products.id }).from(products).$dynamic()
  const found = cause.startsWith('cat_')
    ? all.innerJoin(productCategories, eq(productCategories.product_id, products.id))
      .where(and(eq(productCategories.category_id, cause as `cat_${string}`), isNext))
    : all.where(and(
      cause.startsWith('brand_')
        ? eq(products.brand_id, cause as `brand_${string}`)
        : cause === DEFAULT_RATE
        ? isNull(products.vat_rate_id)
        : eq(products.vat_rate_id, cause as `vat_${string}`),
      isNext,
    ))
  return await found.orderBy(asc(products.id)).limit(REFRESH_BATCH).for('update')
}
