import { and, eq, isNull } from 'drizzle-orm'
import { keyset, type Page } from '../../../../shared/http/pagination.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import type { BasketStatus } from '../../domain/states.ts'
import type { Ctx } from '../../needs.ts'
import { baskets } from '../../schema.ts'
import type { AdminBasketSummary } from '../../shapes/admin-basket.ts'
import { selectSummaries, showSummary } from './admin-internal.ts'

type Query = { status?: BasketStatus; user_id?: Id<'user'>; limit: number; cursor?: string }

const newestFirst = keyset('newest', { id: baskets.id }, 'desc')

/** Newest first. */
export async function adminListBaskets(ctx: Ctx, query: Query): Promise<Page<AdminBasketSummary>> {
  const rows = await selectSummaries(ctx.db).where(and(
    isNull(baskets.archived_at),
    query.status && eq(baskets.status, query.status),
    query.user_id && eq(baskets.user_id, query.user_id),
    newestFirst.after(query.cursor),
  )).orderBy(...newestFirst.order).limit(query.limit + 1)
  return newestFirst.page(rows, query.limit, showSummary)
}
