import { eq } from 'drizzle-orm'
import type { Id } from '../../../../shared/kernel/id.ts'
import type { Ctx } from '../../needs.ts'
import { basketItems } from '../../schema.ts'

/** Its product was deleted. The line stays, to tell its shopper; no price is left to count. */
export async function markUnavailable(ctx: Ctx, product_id: Id<'prod'>): Promise<void> {
  await ctx.db.update(basketItems).set({ is_available: false, updated_at: ctx.now() })
    .where(eq(basketItems.product_id, product_id))
}
