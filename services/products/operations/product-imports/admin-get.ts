import { Problem } from '../../../../shared/errors/problem.ts'
import { findImport, type ImportId } from '../../import/claims.ts'
import type { Ctx } from '../../needs.ts'
import type { AdminProductImport } from '../../shapes/admin-product-import.ts'
import { showImport } from './internal.ts'

/** Throws `not_found`. */
export async function adminGetProductImport(ctx: Ctx, id: ImportId): Promise<AdminProductImport> {
  const row = await findImport(ctx.db, id)
  if (!row) throw new Problem('not_found')
  return showImport(row)
}
