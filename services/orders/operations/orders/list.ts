import { and, desc, eq, isNull } from 'drizzle-orm'
import { type Page, page } from '../../../../shared/http/pagination.ts'
import type { Ctx } from '../../needs.ts'
import { orders } from '../../schema.ts'
import type { OrderSummary } from '../../shapes/order.ts'
import { customerOf, newestAfter, newestCursor, showSummary, summaryColumns } from './internal.ts'

/** The caller's own, newest first. */
export async function listOrders(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<OrderSummary>> {
  const rows = await ctx.db.select(summaryColumns).from(orders)
    .where(
      and(eq(orders.user_id, customerOf(ctx).id), isNull(orders.deleted_at), newestAfter(query.cursor)),
    )
    .orderBy(desc(orders.placed_at), desc(orders.id))
    .limit(query.limit + 1)
  return page(rows, query.limit, newestCursor, showSummary)
}
