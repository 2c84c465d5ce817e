import { and, eq, isNull } from 'drizzle-orm'
import { requireRow } from '../../../../shared/db/rows.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import type { Ctx } from '../../needs.ts'
import { baskets } from '../../schema.ts'
import { withdrawn } from '../../writes/withdraw.ts'

/** Takes it away from whoever shops with it; the purge removes it 90 days later. */
export async function adminDeleteBasket(ctx: Ctx, id: Id<'bask'>): Promise<void> {
  await ctx.transaction(async (tx) => {
    const row = and(eq(baskets.id, id), isNull(baskets.archived_at))
    await requireRow(tx.update(baskets).set(withdrawn(ctx.now())).where(row))
    tx.audit('basket.deleted', id)
  })
}
