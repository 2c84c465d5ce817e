import { and, eq, isNull } from 'drizzle-orm'
import type { Page, PageQuery } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { orders } from '../../schema.ts'
import type { OrderSummary } from '../../shapes/order.ts'
import { customerOf, newestFirst, showSummary, summaryColumns } from './internal.ts'

/** The caller's own, newest first. */
export async function listOrders(ctx: Ctx, query: PageQuery): Promise<Page<OrderSummary>> {
  const isTheirs = and(eq(orders.user_id, customerOf(ctx).id), isNull(orders.deleted_at))
  return await newestFirst.list(ctx.db.select(summaryColumns).from(orders), query, showSummary, isTheirs)
}
