import { and, eq, isNull, sql } from 'drizzle-orm'
import { requireRow } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { promoCodes } from '../../schema.ts'
import type { PromoRow } from './internal.ts'

/** Its uses stay known; the code may be given out anew. */
export async function adminDeletePromoCode(ctx: Ctx, id: PromoRow['id']): Promise<void> {
  await ctx.transaction(async (tx) => {
    const changes = {
      live_code: null,
      deleted_at: ctx.now(),
      version: sql`version + 1`,
      updated_at: ctx.now(),
    }
    const row = and(eq(promoCodes.id, id), isNull(promoCodes.deleted_at))
    await requireRow(tx.update(promoCodes).set(changes).where(row))
    tx.audit('promo_code.deleted', id)
  })
}
