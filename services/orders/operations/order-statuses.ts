import { count, isNull } from 'drizzle-orm'
import { Problem } from '../../../shared/errors/problem.ts'
import { descriptions, orderMachine, orderStatuses } from '../domain/order-states.ts'
import type { Ctx } from '../needs.ts'
import { orders } from '../schema.ts'
import type { OrderStatistics, OrderStatus } from '../shapes/order-status.ts'

/** The state machine, as callers see it: the very table that decides. */
export const listOrderStatuses = (): OrderStatus[] =>
  orderStatuses.map((name, i) => ({
    name,
    description: descriptions[name],
    position: i + 1,
    transitions: [...orderMachine.transitions[name]],
    is_cancellable: orderMachine.can(name, 'cancelled'),
    is_final: orderMachine.isFinal(name),
  }))

/** Throws `not_found`. */
export function getOrderStatus(name: string): OrderStatus {
  const status = listOrderStatuses().find((each) => each.name === name)
  if (!status) throw new Problem('not_found')
  return status
}

/** How many orders are in each state, none left out. */
export async function countOrders(ctx: Ctx): Promise<OrderStatistics> {
  const rows = await ctx.db.select({ status: orders.status, orders: count() }).from(orders)
    .where(isNull(orders.deleted_at)).groupBy(orders.status)
  const counts = new Map(rows.map((row) => [row.status, row.orders]))
  return { data: orderStatuses.map((status) => ({ status, orders: counts.get(status) ?? 0 })) }
}
