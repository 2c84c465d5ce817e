import type { Executor } from '../../../../shared/db/database.ts'
import { findAbandoned, hasCutOffUploads, removeCutOffUploads } from '../../import/claims.ts'
import { enqueueImport } from '../../import/runner.ts'
import type { Ctx } from '../../needs.ts'

export const hasAbandonedImports = async (db: Executor, now: Date): Promise<boolean> =>
  (await findAbandoned(db, now)).length > 0 || await hasCutOffUploads(db, now)

/** Takes up what stopped processes left, and removes what was never sent to its end. */
export async function resumeImports(ctx: Ctx): Promise<void> {
  for (const id of await findAbandoned(ctx.db, ctx.now())) enqueueImport(ctx, id)
  await removeCutOffUploads(ctx)
}
