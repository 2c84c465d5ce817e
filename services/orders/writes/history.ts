import type { OrderStatus } from '../domain/order-states.ts'
import type { Ctx } from '../needs.ts'
import type { OrderRow, orderStatusHistory } from '../schema.ts'

type Entry = typeof orderStatusHistory.$inferSelect

/** Who changes an order: a customer or member of staff by id, else the part of the system. */
export const changedBy = (ctx: Ctx): string =>
  ctx.actor.type === 'user' ? ctx.actor.id : ctx.actor.type === 'system' ? ctx.actor.name : ctx.actor.type

export const change = (
  ctx: Ctx,
  order: OrderRow,
  to_status: OrderStatus,
  changed_by: string,
  reason: string | null,
  changed_at: Date,
): Entry => ({
  id: ctx.newId('osh'),
  order_id: order.id,
  from_status: order.status,
  to_status,
  changed_by,
  reason,
  changed_at,
})
