import { and, eq, isNull } from 'drizzle-orm'
import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import type { BasketStatus } from '../../domain/states.ts'
import type { Ctx } from '../../needs.ts'
import { baskets } from '../../schema.ts'
import type { AdminBasketSummary } from '../../shapes/admin-basket.ts'
import { selectSummaries, showSummary } from './admin-internal.ts'

type Query = PageQuery & { status?: BasketStatus; user_id?: Id<'user'> }

const newestFirst = keyset('newest', { id: baskets.id }, 'desc')

/** Newest first. */
export async function adminListBaskets(ctx: Ctx, query: Query): Promise<Page<AdminBasketSummary>> {
  const matches = and(
    isNull(baskets.archived_at),
    query.status && eq(baskets.status, query.status),
    query.user_id && eq(baskets.user_id, query.user_id),
  )
  return await newestFirst.list(selectSummaries(ctx.db), query, showSummary, matches)
}
