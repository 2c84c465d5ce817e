import type { Ctx } from '../../needs.ts'
import { fetchOrder } from '../../queries/orders.ts'
import type { OrderRow } from '../../schema.ts'
import type { AdminOrder, Cancellation } from '../../shapes/order.ts'
import { cancelAndSettle } from '../../writes/cancel-order.ts'
import { changedBy } from '../../writes/history.ts'
import { adminGetOrder } from './admin-get.ts'
import { requireTransition } from './internal.ts'

/** By staff: any order that has not left the house. Throws `illegal_transition`. */
export async function adminCancelOrder(
  ctx: Ctx,
  id: OrderRow['id'],
  { reason = 'cancelled by the shop' }: Cancellation,
): Promise<AdminOrder> {
  const order = await fetchOrder(ctx.db, id)
  requireTransition(order.status, 'cancelled')
  await cancelAndSettle(ctx, order, { reason, by: changedBy(ctx), isAudited: true })
  return await adminGetOrder(ctx, id)
}
