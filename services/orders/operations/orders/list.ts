import { and, eq, isNull } from 'drizzle-orm'
import type { Page } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { orders } from '../../schema.ts'
import type { OrderSummary } from '../../shapes/order.ts'
import { customerOf, newestFirst, showSummary, summaryColumns } from './internal.ts'

/** The caller's own, newest first. */
export async function listOrders(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<OrderSummary>> {
  const rows = await ctx.db.select(summaryColumns).from(orders)
    .where(
      and(eq(orders.user_id, customerOf(ctx).id), isNull(orders.deleted_at), newestFirst.after(query.cursor)),
    )
    .orderBy(...newestFirst.order)
    .limit(query.limit + 1)
  return newestFirst.page(rows, query.limit, showSummary)
}
