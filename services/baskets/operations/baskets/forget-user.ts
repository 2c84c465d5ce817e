import { eq } from 'drizzle-orm'
import type { Id } from '../../../../shared/kernel/id.ts'
import type { Ctx } from '../../needs.ts'
import { baskets, promoRedemptions } from '../../schema.ts'
import { withdrawn } from '../../writes/withdraw.ts'

/** The account is gone: its baskets are archived and say no more whose they were. */
export async function forgetUser(ctx: Ctx, user_id: Id<'user'>): Promise<void> {
  await ctx.transaction(async (tx) => {
    await tx.update(baskets)
      .set({ ...withdrawn(ctx.now()), user_id: null, ip_address: null, user_agent: null })
      .where(eq(baskets.user_id, user_id))
    await tx.update(promoRedemptions).set({ user_id: null }).where(eq(promoRedemptions.user_id, user_id))
  })
}
