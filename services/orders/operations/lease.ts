import { and, eq, isNull } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import type { Ctx } from '../needs.ts'
import { findOrder } from '../queries.ts'
import { orders, type Placed } from '../schema.ts'

export const leaseUntil = (ctx: Ctx, now: Date): Date => new Date(now.getTime() + ctx.settings.CHECKOUT_LEASE_MS)

/**
 * Takes the unfinished work on an order from whoever had it: whoever that was can't confirm or abandon it any more.
 * Returns the order as it is now; one that has left the state it was read in is returned without being taken.
 */
export async function takeOver(ctx: Ctx, placed: Placed): Promise<Placed> {
  const { order, lines } = placed
  if (order.lease_until === null) return placed
  const lease_until = leaseUntil(ctx, ctx.now())
  const result = await ctx.db.update(orders).set({ lease_until })
    .where(and(eq(orders.id, order.id), eq(orders.status, order.status), eq(orders.lease_until, order.lease_until)))
  if (affectedRows(result) === 1) return { order: { ...order, lease_until }, lines }
  return (await findOrder(ctx.db, order.id)) ?? placed
}

/** Nothing is left to do for it. */
export async function endLease(ctx: Ctx, id: Placed['order']['id']): Promise<void> {
  await ctx.db.update(orders).set({ lease_until: null }).where(and(eq(orders.id, id), isNull(orders.deleted_at)))
}
