import type { Ctx } from '../../needs.ts'
import { fetchOrder, historyOf, paymentsOf } from '../../queries/orders.ts'
import type { OrderRow } from '../../schema.ts'
import type { AdminOrder } from '../../shapes/order.ts'
import { showAdminOrder } from './internal.ts'

/** Throws `not_found`. */
export async function adminGetOrder(ctx: Ctx, id: OrderRow['id']): Promise<AdminOrder> {
  const order = await fetchOrder(ctx.db, id)
  const [history, payments] = await Promise.all([historyOf(ctx.db, id), paymentsOf(ctx.db, id)])
  return showAdminOrder(order, history, payments)
}
