import { and, eq, gt, sql } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import type { Ctx } from '../../needs.ts'
import { orderRedemptions as orders, promoCodes, promoRedemptions as redemptions } from '../../schema.ts'
import { inLockOrder, isFirst } from './internal.ts'

/** An order that never redeemed leaves a row as well: a redemption that comes late is then refused. */
export async function unredeem(ctx: Ctx, input: { order_id: Id<'ord'> }): Promise<Record<never, never>> {
  const { order_id } = input
  const changes = { status: 'given_back' as const, updated_at: ctx.now() }
  await ctx.transaction(async (tx) => {
    if (await isFirst(ctx, tx, order_id, 'given_back')) return
    const given = await tx.update(orders).set(changes)
      .where(and(eq(orders.order_id, order_id), eq(orders.status, 'redeemed')))
    if (affectedRows(given) === 0) return
    const used = await tx.select({ id: redemptions.promo_code_id }).from(redemptions)
      .where(eq(redemptions.order_id, order_id))
    for (const id of inLockOrder(used.map((each) => each.id))) {
      await tx.update(promoCodes).set({ usage_count: sql`usage_count - 1` })
        .where(and(eq(promoCodes.id, id), gt(promoCodes.usage_count, 0)))
    }
    await tx.update(redemptions).set(changes).where(eq(redemptions.order_id, order_id))
  })
  return {}
}
