import { and, eq, isNull } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import type { Ctx } from '../../needs.ts'
import { baskets } from '../../schema.ts'
import { withdrawn } from '../../writes/withdraw.ts'

/** Takes it away from whoever shops with it; the purge removes it 90 days later. */
export async function adminDeleteBasket(ctx: Ctx, id: Id<'bask'>): Promise<void> {
  await ctx.transaction(async (tx) => {
    const gone = await tx.update(baskets).set(withdrawn(ctx.now()))
      .where(and(eq(baskets.id, id), isNull(baskets.archived_at)))
    if (affectedRows(gone) === 0) throw new Problem('not_found')
    tx.audit('basket.deleted', id)
  })
}
