import { and, desc, eq, isNull, lt } from 'drizzle-orm'
import { decodeCursor, encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import type { BasketStatus } from '../../domain/states.ts'
import type { Ctx } from '../../needs.ts'
import { baskets } from '../../schema.ts'
import type { AdminBasketSummary } from '../../shapes/admin-basket.ts'
import { selectBaskets, showSummary } from './admin-internal.ts'

type Query = { status?: BasketStatus; user_id?: Id<'user'>; limit: number; cursor?: string }

/** Newest first. */
export async function adminListBaskets(ctx: Ctx, query: Query): Promise<Page<AdminBasketSummary>> {
  const after = decodeCursor('newest', 1, query.cursor) as [Id<'bask'>] | undefined
  const rows = await selectBaskets(ctx.db).where(and(
    isNull(baskets.archived_at),
    query.status && eq(baskets.status, query.status),
    query.user_id && eq(baskets.user_id, query.user_id),
    after && lt(baskets.id, after[0]),
  )).orderBy(desc(baskets.id)).limit(query.limit + 1)
  return page(rows, query.limit, ({ basket }) => encodeCursor('newest', [basket.id]), showSummary)
}
