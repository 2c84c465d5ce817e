import { and, eq, isNull } from 'drizzle-orm'
import { type ExpectedVersions, updateVersion } from '../../../../shared/db/rows.ts'
import type { Ctx } from '../../needs.ts'
import { type OrderRow, orders } from '../../schema.ts'
import type { AdminOrder, OrderChanges } from '../../shapes/order.ts'
import { adminGetOrder } from './admin-get.ts'

/** Throws `not_found`, and `precondition_failed` when the order is at none of the versions expected. */
export async function adminUpdateOrder(
  ctx: Ctx,
  id: OrderRow['id'],
  expected: ExpectedVersions,
  changes: OrderChanges,
): Promise<AdminOrder> {
  await ctx.transaction(async (tx) => {
    const row = and(eq(orders.id, id), isNull(orders.deleted_at))
    await updateVersion(tx, orders, row, expected, { ...changes, updated_at: ctx.now() })
    tx.audit('order.updated', id, changes)
  })
  return await adminGetOrder(ctx, id)
}
