import { and, desc, eq, lte, sql } from 'drizzle-orm'
import { affectedRows, isUnavailable } from '../../../shared/db/database.ts'
import type { Tx } from '../../../shared/service/context.ts'
import type { Ctx } from '../needs.ts'
import {
  brands,
  importBatches,
  productCategories,
  productDocuments,
  productImages,
  productImports,
  products,
  variants,
} from '../schema.ts'
import { MAX_PROBLEMS } from '../shapes/admin-product-import.ts'
import {
  BEAT_MS,
  type Claim,
  claimImport,
  endImport,
  heldBy,
  type ImportId,
  type ImportRow,
  leaseFrom,
  renewClaim,
  TakenOver,
} from './claims.ts'
import { Notes } from './notes.ts'
import { readFile } from './read-file.ts'
import { INLINE_BYTES } from './reader.ts'
import type { ImportNote, ImportRecord } from './record.ts'
import { recordsOf } from './record-reader.ts'
import { type BatchResult, storeBatch } from './store-batch.ts'

/** What an import has to do next; `over`: nothing, or nothing here. */
export type NextStep = 'read' | 'store' | 'over'

/**
 * An import, step by step. Each batch commits together with the count of what is behind it, so that a crash at any
 * instant neither loses nor repeats a product. Throws when the database is away: the step can be taken again.
 */
export class ImportRun {
  readonly #ctx: Ctx
  readonly #id: ImportId
  #claim?: Claim
  #row!: ImportRow
  #beat?: ReturnType<typeof setInterval>

  constructor(ctx: Ctx, id: ImportId) {
    this.#ctx = ctx
    this.#id = id
  }

  get claim(): Claim | undefined {
    return this.#claim
  }

  async step(): Promise<NextStep> {
    try {
      const next = await this.#step()
      if (next === 'over') this.leave()
      return next
    } catch (error) {
      if (!(error instanceof TakenOver)) throw error
      this.#ctx.log.info('import was taken over', { import: this.#id })
      this.leave()
      return 'over'
    }
  }

  /** Without a sign of life another process goes on. */
  leave(): void {
    clearInterval(this.#beat)
  }

  async #step(): Promise<NextStep> {
    if (!this.#claim) {
      const claimed = await claimImport(this.#ctx, this.#id)
      if (!claimed) return 'over'
      this.#claim = claimed.claim
      this.#row = claimed.row
      this.#live()
      // A small file is read at once: it doesn't wait until others' large ones have been.
      return this.#row.status === 'reading' && this.#row.bytes > INLINE_BYTES ? 'read' : 'store'
    }
    if (this.#row.status === 'reading') {
      if (await readFile(this.#ctx, this.#claim, this.#row) === 'ended') return 'over'
      this.#row = (await this.#fresh())!
      return 'store'
    }
    return await this.#store(this.#claim)
  }

  async #store(claim: Claim): Promise<NextStep> {
    // Of a step before that broke off it is not known whether it has committed.
    this.#row = (await this.#fresh())!
    const { processed, total } = this.#row
    if (processed >= total) {
      await this.#finish(claim)
      return 'over'
    }
    const [batch] = await this.#ctx.db.select().from(importBatches)
      .where(and(eq(importBatches.import_id, this.#id), lte(importBatches.first, processed)))
      .orderBy(desc(importBatches.first)).limit(1)
    if (!batch) throw new TakenOver()
    await this.#storeSomehow(claim, recordsOf(batch.records).slice(processed - batch.first))
    return 'store'
  }

  async #fresh(): Promise<ImportRow> {
    const [row] = await this.#ctx.db.select().from(productImports).where(heldBy(this.#claim!))
    if (!row) throw new TakenOver()
    return row
  }

  /** All records together; where something among them can't be stored, one by one, and that one is reported. */
  async #storeSomehow(claim: Claim, records: ImportRecord[]): Promise<void> {
    const { stock } = this.#row
    try {
      return await this.#commit(claim, records.length, (tx) => storeBatch(this.#ctx, tx, records, stock))
    } catch (error) {
      if (!isDataError(error)) throw error
      this.#ctx.log.warn('import batch goes one by one', { import: this.#id, error })
    }
    for (const record of records) {
      try {
        await this.#commit(claim, 1, (tx) => storeBatch(this.#ctx, tx, [record], stock))
      } catch (error) {
        if (!isDataError(error)) throw error
        this.#ctx.log.warn('import record not stored', { import: this.#id, line: record.line, error })
        await this.#commit(claim, 1, () => Promise.resolve(notStored(record)))
      }
    }
  }

  /** One transaction: the count first, which only who holds the import can move on from where it stands. */
  async #commit(claim: Claim, count: number, work: (tx: Tx) => Promise<BatchResult>): Promise<void> {
    const from = this.#row.processed
    const kept = await this.#ctx.transaction(async (tx) => {
      const now = this.#ctx.now()
      const moved = await tx.update(productImports)
        .set({ processed: from + count, attempts: 1, lease_until: leaseFrom(now), updated_at: now })
        .where(and(heldBy(claim), eq(productImports.processed, from)))
      if (affectedRows(moved) === 0) throw new TakenOver()
      const { problems: found, ...counts } = await work(tx)
      const problems = withNotes(this.#row.problems, found)
      await tx.update(productImports).set({
        created: sql`${productImports.created} + ${counts.created}`,
        updated: sql`${productImports.updated} + ${counts.updated}`,
        unchanged: sql`${productImports.unchanged} + ${counts.unchanged}`,
        failed: sql`${productImports.failed} + ${counts.failed}`,
        variants: sql`${productImports.variants} + ${counts.variants}`,
        problem_count: sql`${productImports.problem_count} + ${found.length}`,
        ...(found.length > 0 && { problems }),
      }).where(eq(productImports.id, this.#id))
      return problems
    })
    this.#row = { ...this.#row, processed: from + count, problems: kept }
  }

  async #finish(claim: Claim): Promise<void> {
    await recount(this.#ctx)
    await this.#ctx.transaction((tx) => endImport(this.#ctx, tx, claim, { status: 'done' }))
  }

  #live(): void {
    this.#beat = setInterval(() => {
      renewClaim(this.#ctx, this.#claim!).then((isOurs) => isOurs || this.leave(), () => {})
    }, BEAT_MS)
    ;(this.#beat as { unref?: () => void }).unref?.()
  }
}

function withNotes(kept: ImportNote[], found: ImportNote[]): ImportNote[] {
  if (found.length === 0) return kept
  const notes = new Notes(MAX_PROBLEMS, kept)
  for (const note of found) notes.add(note)
  return notes.kept
}

const notStored = ({ line, handle }: ImportRecord): BatchResult => ({
  created: 0,
  updated: 0,
  unchanged: 0,
  failed: 1,
  variants: 0,
  problems: [{
    line,
    handle,
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
    sql`ANALYZE TABLE ${products}, ${variants}, ${productImages}, ${productCategories}, ${productDocuments}, ${brands}`,
  )

/** Something about the rows themselves (SQLSTATE class 22 or 23) or our own code: trying again would not help. */
function isDataError(error: unknown): boolean {
  if (error instanceof TakenOver || isUnavailable(error)) return false
  const { sqlState } = ((error as Error).cause ?? error) as { sqlState?: string }
  return sqlState === undefined || /^2[23]/.test(sqlState)
}
