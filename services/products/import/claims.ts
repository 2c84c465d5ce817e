import { and, asc, eq, inArray, lt, lte } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../shared/db/database.ts'
import type { Tx } from '../../../shared/service/context.ts'
import type { Ctx } from '../needs.ts'
import { importBatches, importFiles, productImports } from '../schema.ts'
import { MAX_PROBLEMS } from '../shapes/admin-product-import.ts'
import { Notes } from './notes.ts'

export type ImportRow = typeof productImports.$inferSelect
export type ImportId = ImportRow['id']
/** One process's turn at an import; the next one who claims it has a higher number. */
export type Claim = { id: ImportId; number: number }

/** A process that gives no sign of life for this long is taken for dead, and another goes on. */
export const LEASE_MS = 60_000
export const BEAT_MS = 15_000
/** A file that has ended its process so often is not tried again. */
const MAX_ATTEMPTS = 2

const OPEN = ['pending', 'reading', 'storing'] as const
const isOpen = inArray(productImports.status, [...OPEN])
/** While someone works on it or sends it; without a sign of life it is abandoned when that ends. */
export const hasLease = inArray(productImports.status, ['uploading', ...OPEN])

/** Another process has taken the import over, or it was ended: everything from here on is not ours to store. */
export class TakenOver extends Error {}

export const leaseFrom = (now: Date): Date => new Date(now.getTime() + LEASE_MS)

/** What a write of whoever holds the import is guarded by. */
export const heldBy = ({ id, number }: Claim) =>
  and(eq(productImports.id, id), eq(productImports.claim, number), isOpen)

export async function findImport(db: Executor, id: ImportId): Promise<ImportRow | undefined> {
  const [row] = await db.select().from(productImports).where(eq(productImports.id, id))
  return row
}

/** Null while another process works on it, when it has ended, and when it has been tried too often: it then ends as failed. */
export async function claimImport(ctx: Ctx, id: ImportId): Promise<{ claim: Claim; row: ImportRow } | null> {
  const now = ctx.now()
  const row = await findImport(ctx.db, id)
  if (!row || row.lease_until > now) return null
  const claim = { id, number: row.claim + 1 }
  const status = row.status === 'pending' ? 'reading' as const : row.status
  const attempts = row.attempts + 1
  const result = await ctx.db.update(productImports)
    .set({ claim: claim.number, attempts, status, lease_until: leaseFrom(now), updated_at: now })
    .where(and(heldBy({ id, number: row.claim }), lte(productImports.lease_until, now)))
  if (affectedRows(result) === 0) return null
  if (attempts > MAX_ATTEMPTS) {
    const message = `its process has ended ${MAX_ATTEMPTS} times without getting any further: not tried again`
    await failImport(ctx, claim, 'import_abandoned', message)
    return null
  }
  return { claim, row: { ...row, status } }
}

/** Keeps the claim for another while. False: it is another's by now. */
export async function renewClaim(ctx: Ctx, claim: Claim): Promise<boolean> {
  const result = await ctx.db.update(productImports).set({ lease_until: leaseFrom(ctx.now()) }).where(
    heldBy(claim),
  )
  return affectedRows(result) === 1
}

/** Ends the import and removes its file. Throws `TakenOver`. */
export async function endImport(
  ctx: Ctx,
  tx: Tx,
  claim: Claim,
  end: { status: 'done' | 'failed' } & Partial<ImportRow>,
): Promise<void> {
  const now = ctx.now()
  const moved = await tx.update(productImports).set({ ...end, finished_at: now, updated_at: now }).where(
    heldBy(claim),
  )
  if (affectedRows(moved) === 0) throw new TakenOver()
  await tx.delete(importFiles).where(eq(importFiles.import_id, claim.id))
  await tx.delete(importBatches).where(eq(importBatches.import_id, claim.id))
  const { total, created, updated, unchanged, failed, variants, problem_count } =
    (await findImport(tx, claim.id))!
  const counts = { total, created, updated, unchanged, failed, variants, problem_count }
  tx.audit('product_import.finished', claim.id, { status: end.status, ...counts })
}

/** Ends it as failed, and says why. What is stored already stays. */
export async function failImport(ctx: Ctx, claim: Claim, code: string, message: string): Promise<void> {
  await ctx.transaction(async (tx) => {
    const row = await findImport(tx, claim.id)
    if (!row) throw new TakenOver()
    const notes = new Notes(MAX_PROBLEMS, row.problems)
    notes.add({ line: 1, handle: null, severity: 'error', code, message })
    await endImport(ctx, tx, claim, {
      status: 'failed',
      problems: notes.kept,
      problem_count: row.problem_count + 1,
    })
  })
}

/** What stopped processes left. */
export async function findAbandoned(db: Executor, now: Date): Promise<ImportId[]> {
  const rows = await db.select({ id: productImports.id }).from(productImports)
    .where(and(isOpen, lt(productImports.lease_until, now))).orderBy(asc(productImports.id)).limit(10)
  return rows.map(({ id }) => id)
}

const isCutOff = (now: Date) =>
  and(eq(productImports.status, 'uploading'), lt(productImports.lease_until, now))

/** Files whose sending broke off. Their parts go with them. */
export async function removeCutOffUploads(ctx: Ctx): Promise<void> {
  await ctx.db.delete(productImports).where(isCutOff(ctx.now()))
}
