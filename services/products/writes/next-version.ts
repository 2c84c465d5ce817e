import { and, eq, isNull, sql } from 'drizzle-orm'
import { requireRow } from '../../../shared/db/rows.ts'
import type { Tx } from '../../../shared/service/context.ts'
import type { Ctx } from '../needs.ts'
import { products } from '../schema.ts'

/**
 * A new version of a product whose variants change, which also keeps others from changing them meanwhile. Throws
 * `not_found`.
 */
export async function nextVersion(ctx: Ctx, tx: Tx, id: `prod_${string}`): Promise<void> {
  const row = and(eq(products.id, id), isNull(products.deleted_at))
  await requireRow(tx.update(products).set({ version: sql`version + 1`, updated_at: ctx.now() }).where(row))
}
