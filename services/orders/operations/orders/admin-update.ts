import { and, eq, isNull } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { fetchOrder } from '../../queries/orders.ts'
import { type OrderRow, orders } from '../../schema.ts'
import type { AdminOrder, OrderChanges } from '../../shapes/order.ts'
import { adminGetOrder } from './admin-get.ts'

/** Throws `precondition_failed` when the order is no longer at `version`. */
export async function adminUpdateOrder(
  ctx: Ctx,
  id: OrderRow['id'],
  version: number,
  changes: OrderChanges,
): Promise<AdminOrder> {
  await ctx.transaction(async (tx) => {
    const result = await tx.update(orders).set({ ...changes, version: version + 1, updated_at: ctx.now() })
      .where(and(eq(orders.id, id), eq(orders.version, version), isNull(orders.deleted_at)))
    if (affectedRows(result) === 0) {
      await fetchOrder(tx, id)
      throw new Problem('precondition_failed')
    }
    tx.audit('order.updated', id, changes)
  })
  return await adminGetOrder(ctx, id)
}
