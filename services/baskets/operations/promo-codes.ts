import { and, desc, eq, isNull, like, lt, sql } from 'drizzle-orm'
import { affectedRows, type Executor, isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import { normalCode } from '../domain/promo-code.ts'
import { faultsOf } from '../domain/promo-terms.ts'
import type { Ctx } from '../needs.ts'
import { basketPromoCodes, baskets, promoCodes, promoRedemptions } from '../schema.ts'
import type { NewPromoCode, PromoCode, PromoCodeChanges, PromoCodeWithUsage } from '../shapes/promo-code.ts'

type Row = typeof promoCodes.$inferSelect
type PromoId = Row['id']
type Query = { code?: string; is_active?: boolean; limit: number; cursor?: string }

/** Newest first. `code` is the beginning of one. */
export async function listPromoCodes(ctx: Ctx, query: Query): Promise<Page<PromoCode>> {
  const after = decodeCursor('newest', 1, query.cursor) as [PromoId] | undefined
  const rows = await ctx.db.select().from(promoCodes).where(and(
    isNull(promoCodes.deleted_at),
    query.code === undefined ? undefined : like(promoCodes.live_code, prefix(query.code)),
    query.is_active === undefined ? undefined : eq(promoCodes.is_active, query.is_active),
    after && lt(promoCodes.id, after[0]),
  )).orderBy(desc(promoCodes.id)).limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('newest', [row.id]), show)
}

export async function getPromoCode(ctx: Ctx, id: PromoId): Promise<PromoCodeWithUsage> {
  const row = await fetchPromoCode(ctx.db, id)
  const [used] = await ctx.db.select({
    customers:
      sql`count(distinct case when ${promoRedemptions.status} = 'redeemed' then ${promoRedemptions.user_id} end)`
        .mapWith(Number),
    given_back: sql`coalesce(sum(${promoRedemptions.status} = 'given_back'), 0)`.mapWith(Number),
  }).from(promoRedemptions).where(eq(promoRedemptions.promo_code_id, id))
  const [held] = await ctx.db.select({ in_baskets: sql`count(*)`.mapWith(Number) }).from(basketPromoCodes)
    .innerJoin(baskets, eq(baskets.id, basketPromoCodes.basket_id))
    .where(
      and(eq(basketPromoCodes.promo_code_id, id), eq(baskets.status, 'active'), isNull(baskets.archived_at)),
    )
  return { ...show(row), usage: { ...used!, ...held! } }
}

/** Throws `already_exists` for a code in use, whatever its case, and `validation_failed` for terms that clash. */
export async function createPromoCode(ctx: Ctx, input: NewPromoCode): Promise<PromoCode> {
  refuseFaults(input)
  return await ctx.transaction(async (tx) => {
    const id = ctx.newId('promo')
    const row = { ...input, id, live_code: input.code, created_at: ctx.now(), updated_at: ctx.now() }
    const dates = { starts_at: dateOf(input.starts_at), ends_at: dateOf(input.ends_at) }
    await tx.insert(promoCodes).values({ ...row, ...dates }).catch(refuseDuplicate)
    tx.audit('promo_code.created', id, input)
    return show(await fetchPromoCode(tx, id))
  })
}

/** Throws `precondition_failed` when it is no longer at `version`. Baskets that hold the code follow at once. */
export async function changePromoCode(
  ctx: Ctx,
  id: PromoId,
  version: number,
  changes: PromoCodeChanges,
): Promise<PromoCode> {
  return await ctx.transaction(async (tx) => {
    const row = await fetchPromoCode(tx, id)
    if (row.version !== version) throw new Problem('precondition_failed')
    refuseFaults({ ...show(row), ...changes })
    const changed = await tx.update(promoCodes).set({
      ...asStored(changes),
      ...(changes.code !== undefined && { live_code: changes.code }),
      version: sql`version + 1`,
      updated_at: ctx.now(),
    }).where(and(eq(promoCodes.id, id), eq(promoCodes.version, version), isNull(promoCodes.deleted_at)))
      .catch(refuseDuplicate)
    if (affectedRows(changed) === 0) throw new Problem('precondition_failed')
    tx.audit('promo_code.updated', id, changes)
    return show(await fetchPromoCode(tx, id))
  })
}

/** Its uses stay known; the code may be given out anew. */
export async function deletePromoCode(ctx: Ctx, id: PromoId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const gone = await tx.update(promoCodes)
      .set({ live_code: null, deleted_at: ctx.now(), version: sql`version + 1`, updated_at: ctx.now() })
      .where(and(eq(promoCodes.id, id), isNull(promoCodes.deleted_at)))
    if (affectedRows(gone) === 0) throw new Problem('not_found')
    tx.audit('promo_code.deleted', id)
  })
}

async function fetchPromoCode(db: Executor, id: PromoId): Promise<Row> {
  const [row] = await db.select().from(promoCodes).where(
    and(eq(promoCodes.id, id), isNull(promoCodes.deleted_at)),
  )
  if (!row) throw new Problem('not_found')
  return row
}

const prefix = (code: string) => normalCode(code).replace(/[\\%_]/g, '\\$&') + '%'

function refuseFaults(terms: Parameters<typeof faultsOf>[0]): void {
  const errors = faultsOf(terms)
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors })
}

const asStored = ({ starts_at, ends_at, ...rest }: PromoCodeChanges) => ({
  ...rest,
  ...(starts_at !== undefined && { starts_at: dateOf(starts_at) }),
  ...(ends_at !== undefined && { ends_at: dateOf(ends_at) }),
})
const dateOf = (text: string | null) => text === null ? null : new Date(text)

const show = ({ live_code: _live, deleted_at: _deleted, ...row }: Row): PromoCode => ({
  ...row,
  starts_at: row.starts_at?.toISOString() ?? null,
  ends_at: row.ends_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

function refuseDuplicate(error: unknown): never {
  if (isDuplicate(error, 'promo_codes_code')) throw new Problem('already_exists', 'This code exists already')
  throw error
}
