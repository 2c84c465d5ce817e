import { eq, inArray } from 'drizzle-orm'
import type { Id } from '../../../../shared/kernel/id.ts'
import type { Ctx } from '../../needs.ts'
import { baskets, promoRedemptions } from '../../schema.ts'
import { withdrawn } from '../../writes/withdraw.ts'

/**
 * The account is gone: its baskets are archived and say no more whose they were, nor do those of the guest that was
 * merged into them. Nothing of a basket has to be kept by law.
 */
export async function forgetUser(ctx: Ctx, user_id: Id<'user'>): Promise<void> {
  await ctx.transaction(async (tx) => {
    const own = await tx.select({ id: baskets.id }).from(baskets).where(eq(baskets.user_id, user_id))
    if (own.length > 0) {
      await tx.update(baskets).set({ ip_address: null, user_agent: null })
        .where(inArray(baskets.merged_into_id, own.map(({ id }) => id)))
    }
    await tx.update(baskets)
      .set({ ...withdrawn(ctx.now()), user_id: null, ip_address: null, user_agent: null })
      .where(eq(baskets.user_id, user_id))
    await tx.update(promoRedemptions).set({ user_id: null }).where(eq(promoRedemptions.user_id, user_id))
  })
}
