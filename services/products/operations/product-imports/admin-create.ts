import { madeAt } from '../../../../shared/db/columns.ts'
import { and, count, eq, inArray } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { findImport, type ImportId, leaseFrom } from '../../import/claims.ts'
import { partsOf } from '../../import/file-parts.ts'
import { enqueueImport } from '../../import/runner.ts'
import { inUploadSlot } from '../../import/upload-slots.ts'
import type { Ctx } from '../../needs.ts'
import { importFiles, productImports } from '../../schema.ts'
import type { AdminProductImportCard, StockPolicy } from '../../shapes/admin-product-import.ts'
import { showImportCard } from './internal.ts'

export type ImportFile = {
  body: ReadableStream<Uint8Array> | null
  /** As the sender names it; null: to be found out. */
  charset: string | null
  stock: StockPolicy
}

/** Imports of a shop that have not ended: their files are kept until then. */
const MAX_OPEN = 20

/**
 * Takes the file in part by part, and answers when it is there; the work goes on behind. Throws `validation_failed`
 * for an empty file, `payload_too_large`, `request_timeout`, `too_many_requests` and `unavailable` while others are
 * being received.
 */
export async function adminCreateProductImport(ctx: Ctx, file: ImportFile): Promise<AdminProductImportCard> {
  return await inUploadSlot(ctx.tenant.id, async () => {
    const id = await begin(ctx, file)
    try {
      return await complete(ctx, id, await receive(ctx, id, file))
    } catch (error) {
      await remove(ctx, id)
      throw error
    }
  })
}

async function begin(ctx: Ctx, { charset, stock }: ImportFile): Promise<ImportId> {
  const id = ctx.newId('imp')
  const now = ctx.now()
  await ctx.transaction(async (tx) => {
    const [open] = await tx.select({ count: count() }).from(productImports)
      .where(inArray(productImports.status, ['uploading', 'pending', 'reading', 'storing']))
    if (open!.count >= MAX_OPEN) {
      throw new Problem('too_many_requests', `${MAX_OPEN} imports are still to be done`, {}, {
        'retry-after': '30',
      })
    }
    await tx.insert(productImports).values({
      id,
      status: 'uploading',
      stock,
      charset,
      problems: [],
      lease_until: leaseFrom(now),
      created_by: ctx.actor.type === 'user' ? ctx.actor.id : null,
      ...madeAt(now),
    })
  })
  return id
}

/** Returns how many bytes there were. */
async function receive(ctx: Ctx, import_id: ImportId, { body }: ImportFile): Promise<number> {
  let position = 0
  let total = 0
  for await (const bytes of partsOf(body)) {
    await ctx.transaction(async (tx) => {
      await tx.insert(importFiles).values({ import_id, position, bytes })
      await tx.update(productImports).set({ lease_until: leaseFrom(ctx.now()) })
        .where(eq(productImports.id, import_id))
    })
    position++
    total += bytes.length
  }
  if (total === 0) throw new Problem('validation_failed', 'The file is empty')
  return total
}

async function complete(ctx: Ctx, id: ImportId, bytes: number): Promise<AdminProductImportCard> {
  return await ctx.transaction(async (tx) => {
    const now = ctx.now()
    const moved = await tx.update(productImports)
      .set({ status: 'pending', bytes, lease_until: now, updated_at: now })
      .where(and(eq(productImports.id, id), eq(productImports.status, 'uploading')))
    if (affectedRows(moved) === 0) throw new Problem('request_timeout', 'The file came too slowly')
    tx.audit('product_import.created', id, { bytes })
    // When the request is over: until then what it does belongs to its Idempotency-Key.
    tx.afterCommit(() => void setTimeout(() => enqueueImport(ctx, id)))
    return showImportCard((await findImport(tx, id))!)
  })
}

async function remove(ctx: Ctx, id: ImportId): Promise<void> {
  await ctx.transaction(async (tx) => {
    await tx.delete(productImports).where(
      and(eq(productImports.id, id), eq(productImports.status, 'uploading')),
    )
  }).catch((error) => ctx.log.warn('upload not removed', { import: id, error }))
}
