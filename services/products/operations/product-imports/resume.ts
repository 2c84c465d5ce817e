import type { Executor } from '../../../../shared/db/database.ts'
import { earliest } from '../../../../shared/db/earliest.ts'
import { findAbandoned, hasLease, removeCutOffUploads } from '../../import/claims.ts'
import { enqueueImport } from '../../import/runner.ts'
import type { Ctx } from '../../needs.ts'
import { productImports } from '../../schema.ts'

export const nextAbandonedImport = (db: Executor): Promise<Date | null> =>
  earliest(db, productImports.lease_until, hasLease)

/** Takes up what stopped processes left, and removes what was never sent to its end. */
export async function resumeImports(ctx: Ctx): Promise<void> {
  for (const id of await findAbandoned(ctx.db, ctx.now())) enqueueImport(ctx, id)
  await removeCutOffUploads(ctx)
}
