import { and, eq, isNull, sql } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { promoCodes } from '../../schema.ts'
import type { PromoRow } from './internal.ts'

/** Its uses stay known; the code may be given out anew. */
export async function adminDeletePromoCode(ctx: Ctx, id: PromoRow['id']): Promise<void> {
  await ctx.transaction(async (tx) => {
    const gone = await tx.update(promoCodes)
      .set({ live_code: null, deleted_at: ctx.now(), version: sql`version + 1`, updated_at: ctx.now() })
      .where(and(eq(promoCodes.id, id), isNull(promoCodes.deleted_at)))
    if (affectedRows(gone) === 0) throw new Problem('not_found')
    tx.audit('promo_code.deleted', id)
  })
}
