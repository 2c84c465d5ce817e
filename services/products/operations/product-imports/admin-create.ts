import type { Executor } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { importFiles, productImports } from '../../schema.ts'
import type { ProductImportCard } from '../../shapes/product-import.ts'
import { fetchImport, findAbandoned, showImportCard } from './import-rows.ts'
import { runImport } from './run-import.ts'

type ImportId = `imp_${string}`

/** So many at a time in one process, over all its shops: each holds its whole file in memory. */
const MAX_RUNNING = 2
const PART_BYTES = 1024 * 1024

const waiting: (() => Promise<void>)[] = []
let running = 0

/** Keeps the file and answers at once; the work goes on behind. Throws `validation_failed` for an empty file. */
export async function startImport(ctx: Ctx, file: Uint8Array): Promise<ProductImportCard> {
  if (file.length === 0) throw new Problem('validation_failed', 'The file is empty')
  const id = ctx.newId('imp')
  const now = ctx.now()
  const row = await ctx.transaction(async (tx) => {
    await tx.insert(productImports).values({
      id,
      status: 'pending',
      problems: [],
      lease_until: now,
      created_by: ctx.actor.type === 'user' ? ctx.actor.id : null,
      created_at: now,
      updated_at: now,
    })
    for (let at = 0, position = 0; at < file.length; at += PART_BYTES, position++) {
      await tx.insert(importFiles).values({
        import_id: id,
        position,
        bytes: file.subarray(at, at + PART_BYTES),
      })
    }
    tx.audit('product_import.created', id, { bytes: file.length })
    return await fetchImport(tx, id)
  })
  enqueue(ctx, id)
  return showImportCard(row)
}

export const hasAbandonedImports = async (db: Executor, now: Date): Promise<boolean> =>
  (await findAbandoned(db, now)).length > 0

/** Takes up what stopped processes left. */
export async function resumeImports(ctx: Ctx): Promise<void> {
  for (const id of await findAbandoned(ctx.db, ctx.now())) enqueue(ctx, id)
}

/** Whoever is second to run it finds it claimed: to be queued twice does no harm. */
function enqueue(ctx: Ctx, id: ImportId): void {
  waiting.push(() =>
    runImport(ctx, id).catch((error) => ctx.log.warn('import interrupted', { import: id, error }))
  )
  next()
}

function next(): void {
  if (running >= MAX_RUNNING) return
  const work = waiting.shift()
  if (!work) return
  running++
  void work().finally(() => {
    running--
    next()
  })
}
