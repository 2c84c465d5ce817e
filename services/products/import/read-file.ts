import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { currencyDigits } from '../domain/currency.ts'
import type { Ctx } from '../needs.ts'
import { importBatches, importFiles, productImports } from '../schema.ts'
import { type Claim, endImport, failImport, heldBy, type ImportRow, leaseFrom, TakenOver } from './claims.ts'
import { type FileReader, openReader, ReaderDied } from './reader.ts'

/**
 * Reads the file of an import from the database, part by part, and puts its products back as batches ready to store:
 * neither is ever held whole here. Ends the import where nothing in the file is to be stored. Throws `TakenOver`.
 */
export async function readFile(ctx: Ctx, claim: Claim, row: ImportRow): Promise<'read' | 'ended'> {
  const { bytes, charset } = row
  const reader = openReader({ bytes, charset, minorDigits: currencyDigits(ctx.tenant.currency) })
  try {
    await pushParts(ctx, claim, reader)
    await reader.open()
    await ctx.db.delete(importBatches).where(eq(importBatches.import_id, claim.id)) // of an attempt before
    await writeBatches(ctx, claim, reader)
    const { total, problems, problem_count } = await reader.found()
    const found = { total, problems, problem_count }
    const isNothing = total === 0 && problems.some(({ severity }) => severity === 'error')
    return await ctx.transaction(async (tx) => {
      if (total === 0) {
        await endImport(ctx, tx, claim, { status: isNothing ? 'failed' : 'done', ...found })
        return 'ended' as const
      }
      const moved = await tx.update(productImports)
        .set({ ...found, status: 'storing', attempts: 1, updated_at: ctx.now() })
        .where(heldBy(claim))
      if (affectedRows(moved) === 0) throw new TakenOver()
      await tx.delete(importFiles).where(eq(importFiles.import_id, claim.id))
      return 'read' as const
    })
  } catch (error) {
    if (!(error instanceof ReaderDied)) throw error
    ctx.log.warn('import file not read', { import: claim.id, error })
    await failImport(ctx, claim, 'file_unreadable', 'reading the file takes more memory or time than it may')
    return 'ended'
  } finally {
    reader.close()
  }
}

async function pushParts(ctx: Ctx, { id }: Claim, reader: FileReader): Promise<void> {
  for (let position = 0;; position++) {
    const [part] = await ctx.db.select({ bytes: importFiles.bytes }).from(importFiles)
      .where(and(eq(importFiles.import_id, id), eq(importFiles.position, position)))
    if (!part) return
    await reader.push(part.bytes)
  }
}

async function writeBatches(ctx: Ctx, claim: Claim, reader: FileReader): Promise<void> {
  for (let first = 0;;) {
    const batch = await reader.batch()
    if (!batch) return
    await ctx.transaction(async (tx) => {
      const held = await tx.update(productImports).set({ lease_until: leaseFrom(ctx.now()) }).where(
        heldBy(claim),
      )
      if (affectedRows(held) === 0) throw new TakenOver()
      await tx.insert(importBatches).values({ import_id: claim.id, first, ...batch })
    })
    first += batch.count
  }
}
