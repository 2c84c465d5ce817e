import { and, eq, isNull, sql } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Tx } from '../../../shared/service/context.ts'
import type { Ctx } from '../needs.ts'
import { products } from '../schema.ts'

/**
 * A new version of a product whose variants change, which also keeps others from changing them meanwhile. Throws
 * `not_found`.
 */
export async function nextVersion(ctx: Ctx, tx: Tx, id: `prod_${string}`): Promise<void> {
  const result = await tx.update(products).set({ version: sql`version + 1`, updated_at: ctx.now() })
    .where(and(eq(products.id, id), isNull(products.deleted_at)))
  if (affectedRows(result) === 0) throw new Problem('not_found')
}
