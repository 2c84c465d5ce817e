import { and, eq, sql } from 'drizzle-orm'
import { affectedRows, isUnavailable } from '../../../../shared/db/database.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { currencyDigits } from '../../domain/currency.ts'
import type { ImportNote, ImportRecord } from '../../domain/import-record.ts'
import type { Ctx } from '../../needs.ts'
import {
  brands,
  importFiles,
  productCategories,
  productImages,
  productImports,
  products,
  variants,
} from '../../schema.ts'
import { MAX_PROBLEMS } from '../../shapes/product-import.ts'
import { type FileBatch, fileReader } from './file-reader.ts'
import { claimImport, fetchImport, LEASE_MS, readFile } from './import-rows.ts'
import { type BatchResult, storeBatch } from './store-batch.ts'

/** Where the run stands. `problems` are those that are kept, `from` is the next product of the file. */
type Run = { id: `imp_${string}`; from: number; problems: ImportNote[] }

/** Another process has taken the import over, or it was ended: everything from here on is not ours to store. */
class TakenOver extends Error {}

/**
 * Goes through an import from where it stands to its end. Each batch commits together with the count of what is
 * behind it, so that a crash at any instant neither loses nor repeats a product. Does nothing while another process
 * is at work on it. Throws when the database is away: the import goes on when its lease has ended.
 */
export async function runImport(ctx: Ctx, id: Run['id']): Promise<void> {
  if (!await claimImport(ctx, id)) return
  const bytes = await readFile(ctx.db, id)
  const reader = fileReader(bytes.length)
  try {
    const facts = await reader.open(bytes, currencyDigits(ctx.tenant.currency))
    await begin(ctx, id, facts.products, facts.problems)
    const { processed, total, problems } = await fetchImport(ctx.db, id)
    const run: Run = { id, from: processed, problems }
    while (run.from < total) await storeSomehow(ctx, run, await reader.batch(run.from))
    await finish(ctx, id)
  } catch (error) {
    if (!(error instanceof TakenOver)) throw error
    ctx.log.info('import was taken over', { import: id })
  } finally {
    reader.close()
  }
}

/** What the file itself has wrong is written once, by whoever opens it first. */
async function begin(ctx: Ctx, id: Run['id'], total: number, problems: ImportNote[]): Promise<void> {
  await ctx.db.update(productImports).set({
    status: 'running',
    total,
    problems: problems.slice(0, MAX_PROBLEMS),
    problem_count: problems.length,
    updated_at: ctx.now(),
  }).where(and(eq(productImports.id, id), eq(productImports.status, 'pending')))
}

/** All records together; where something among them can't be stored, one by one, and that one is reported. */
async function storeSomehow(ctx: Ctx, run: Run, { records, problems }: FileBatch): Promise<void> {
  try {
    return await store(ctx, run, records.length, problems, (tx) => storeBatch(ctx, tx, records))
  } catch (error) {
    if (!isDataError(error)) throw error
    ctx.log.warn('import batch goes one by one', { import: run.id, from: run.from, error })
  }
  for (const record of records) {
    const noted = problems.filter(({ handle }) => handle === record.slug)
    try {
      await store(ctx, run, 1, noted, (tx) => storeBatch(ctx, tx, [record]))
    } catch (error) {
      if (!isDataError(error)) throw error
      ctx.log.warn('import record not stored', { import: run.id, line: record.line, error })
      await store(ctx, run, 1, noted, () => Promise.resolve(notStored(record)))
    }
  }
}

/** One transaction: the count first, which only one process can move on from where it stands. */
async function store(
  ctx: Ctx,
  run: Run,
  count: number,
  noted: ImportNote[],
  work: (tx: Tx) => Promise<BatchResult>,
): Promise<void> {
  const kept = await ctx.transaction(async (tx) => {
    const now = ctx.now()
    const moved = await tx.update(productImports)
      .set({ processed: run.from + count, lease_until: new Date(now.getTime() + LEASE_MS), updated_at: now })
      .where(
        and(
          eq(productImports.id, run.id),
          eq(productImports.processed, run.from),
          eq(productImports.status, 'running'),
        ),
      )
    if (affectedRows(moved) === 0) throw new TakenOver()
    const { created, updated, unchanged, failed, variants, problems } = await work(tx)
    const found = [...noted, ...problems]
    const all = [...run.problems, ...found].slice(0, MAX_PROBLEMS)
    await tx.update(productImports).set({
      created: sql`${productImports.created} + ${created}`,
      updated: sql`${productImports.updated} + ${updated}`,
      unchanged: sql`${productImports.unchanged} + ${unchanged}`,
      failed: sql`${productImports.failed} + ${failed}`,
      variants: sql`${productImports.variants} + ${variants}`,
      problem_count: sql`${productImports.problem_count} + ${found.length}`,
      ...(all.length > run.problems.length && { problems: all }),
    }).where(eq(productImports.id, run.id))
    return all
  })
  run.from += count
  run.problems = kept
}

const notStored = ({ line, slug }: ImportRecord): BatchResult => ({
  created: 0,
  updated: 0,
  unchanged: 0,
  failed: 1,
  variants: 0,
  problems: [{
    line,
    handle: slug,
    severity: 'error',
    code: 'not_stored',
    message: 'the product could not be stored: left out',
  }],
})

/**
 * The server recounts its statistics by and by. Until then it believes the tables empty, and a list of 3,000 products
 * took 250 ms instead of 2.
 */
const recount = (ctx: Ctx) =>
  ctx.db.execute(
    sql`ANALYZE TABLE ${products}, ${variants}, ${productImages}, ${productCategories}, ${brands}`,
  )

/** A file without products that has errors was no file of products. */
async function finish(ctx: Ctx, id: Run['id']): Promise<void> {
  await recount(ctx)
  await ctx.transaction(async (tx) => {
    const row = await fetchImport(tx, id)
    const status = row.total === 0 && row.problems.some(({ severity }) => severity === 'error')
      ? 'failed'
      : 'done'
    const moved = await tx.update(productImports).set({
      status,
      finished_at: ctx.now(),
      updated_at: ctx.now(),
    })
      .where(
        and(
          eq(productImports.id, id),
          eq(productImports.status, 'running'),
          eq(productImports.processed, row.total),
        ),
      )
    if (affectedRows(moved) === 0) throw new TakenOver()
    await tx.delete(importFiles).where(eq(importFiles.import_id, id))
    const { total, created, updated, unchanged, failed, variants, problem_count } = row
    tx.audit('product_import.finished', id, {
      status,
      total,
      created,
      updated,
      unchanged,
      failed,
      variants,
      problem_count,
    })
  })
}

/** Something about the rows themselves (SQLSTATE class 22 or 23) or our own code: trying again would not help. */
function isDataError(error: unknown): boolean {
  if (error instanceof TakenOver || isUnavailable(error)) return false
  const { sqlState } = ((error as Error).cause ?? error) as { sqlState?: string }
  return sqlState === undefined || /^2[23]/.test(sqlState)
}
