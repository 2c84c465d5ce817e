import { and, desc, eq, isNull, like, lt } from 'drizzle-orm'
import { decodeCursor, encodeCursor, type Page, page } from '../../../../shared/http/pagination.ts'
import { normalCode } from '../../domain/promo-code.ts'
import type { Ctx } from '../../needs.ts'
import { promoCodes } from '../../schema.ts'
import type { PromoCode } from '../../shapes/promo-code.ts'
import { type PromoRow, showPromoCode } from './internal.ts'

type Query = { code?: string; is_active?: boolean; limit: number; cursor?: string }

/** Newest first. `code` is the beginning of one. */
export async function adminListPromoCodes(ctx: Ctx, query: Query): Promise<Page<PromoCode>> {
  const after = decodeCursor('newest', 1, query.cursor) as [PromoRow['id']] | undefined
  const rows = await ctx.db.select().from(promoCodes).where(and(
    isNull(promoCodes.deleted_at),
    query.code === undefined ? undefined : like(promoCodes.live_code, prefix(query.code)),
    query.is_active === undefined ? undefined : eq(promoCodes.is_active, query.is_active),
    after && lt(promoCodes.id, after[0]),
  )).orderBy(desc(promoCodes.id)).limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('newest', [row.id]), showPromoCode)
}

const prefix = (code: string) => normalCode(code).replace(/[\\%_]/g, '\\$&') + '%'
