import { and, eq, isNull, like } from 'drizzle-orm'
import { keyset, type Page } from '../../../../shared/http/pagination.ts'
import { normalCode } from '../../domain/promo-code.ts'
import type { Ctx } from '../../needs.ts'
import { promoCodes } from '../../schema.ts'
import type { PromoCode } from '../../shapes/promo-code.ts'
import { showPromoCode } from './internal.ts'

type Query = { code?: string; is_active?: boolean; limit: number; cursor?: string }

const newestFirst = keyset('newest', { id: promoCodes.id }, 'desc')

/** Newest first. `code` is the beginning of one. */
export async function adminListPromoCodes(ctx: Ctx, query: Query): Promise<Page<PromoCode>> {
  const rows = await ctx.db.select().from(promoCodes).where(and(
    isNull(promoCodes.deleted_at),
    query.code === undefined ? undefined : like(promoCodes.live_code, prefix(query.code)),
    query.is_active === undefined ? undefined : eq(promoCodes.is_active, query.is_active),
    newestFirst.after(query.cursor),
  )).orderBy(...newestFirst.order).limit(query.limit + 1)
  return newestFirst.page(rows, query.limit, showPromoCode)
}

const prefix = (code: string) => normalCode(code).replace(/[\\%_]/g, '\\$&') + '%'
