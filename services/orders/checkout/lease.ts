import { and, eq } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { backOffMs } from '../domain/payment-states.ts'
import type { Ctx } from '../needs.ts'
import { type OrderRow, orders } from '../schema.ts'

export const leaseUntil = (ctx: Ctx, now: Date): Date =>
  new Date(now.getTime() + ctx.config.CHECKOUT_LEASE_MS)

/**
 * Takes the unfinished work on an order from whoever had it, as it was read: whoever that was can't confirm or abandon
 * it any more. Each time for longer, as what failed before may fail again. Undefined when nothing is left to do for it, or somebody else was faster.
 */
export async function claim(ctx: Ctx, order: OrderRow): Promise<OrderRow | undefined> {
  if (order.lease_until === null) return undefined
  const lease_until = new Date(
    ctx.now().getTime() + backOffMs(order.attempts, ctx.config.CHECKOUT_LEASE_MS),
  )
  const attempts = order.attempts + 1
  const result = await ctx.db.update(orders).set({ lease_until, attempts })
    .where(
      and(
        eq(orders.id, order.id),
        eq(orders.status, order.status),
        eq(orders.lease_until, order.lease_until),
      ),
    )
  return affectedRows(result) === 1 ? { ...order, lease_until, attempts } : undefined
}
