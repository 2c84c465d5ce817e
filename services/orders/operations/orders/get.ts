import type { Ctx } from '../../needs.ts'
import { fetchOrder } from '../../queries/orders.ts'
import type { OrderRow } from '../../schema.ts'
import type { Order } from '../../shapes/order.ts'
import { customerOf, showOrder } from './internal.ts'

/** Throws `not_found`, also for somebody else's. */
export async function getOrder(ctx: Ctx, id: OrderRow['id']): Promise<Order> {
  return showOrder(await fetchOrder(ctx.db, id, customerOf(ctx).id))
}
