import { and, eq, isNull, like } from 'drizzle-orm'
import { keyset, type Page, type PageQuery } from '../../../../shared/http/pagination.ts'
import { normalCode } from '../../domain/promo-code.ts'
import type { Ctx } from '../../needs.ts'
import { promoCodes } from '../../schema.ts'
import type { PromoCode } from '../../shapes/promo-code.ts'
import { showPromoCode } from './internal.ts'

type Query = PageQuery & { code?: string; is_active?: boolean }

const newestFirst = keyset('newest', { id: promoCodes.id }, 'desc')

/** Newest first. `code` is the beginning of one. */
export async function adminListPromoCodes(ctx: Ctx, query: Query): Promise<Page<PromoCode>> {
  const matches = and(
    isNull(promoCodes.deleted_at),
    query.code === undefined ? undefined : like(promoCodes.live_code, prefix(query.code)),
    query.is_active === undefined ? undefined : eq(promoCodes.is_active, query.is_active),
  )
  return await newestFirst.list(ctx.db.select().from(promoCodes), query, showPromoCode, matches)
}

const prefix = (code: string) => normalCode(code).replace(/[\\%_]/g, '\\$&') + '%'
