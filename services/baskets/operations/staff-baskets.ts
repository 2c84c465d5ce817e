import { and, asc, desc, eq, isNull, lt, sql } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import type { Id } from '../../../shared/kernel/id.ts'
import { money } from '../../../shared/kernel/money.ts'
import type { BasketStatus } from '../domain/states.ts'
import type { Ctx } from '../needs.ts'
import { basketItems, basketPromoCodes, baskets, promoCodes } from '../schema.ts'
import type { StaffBasket, StaffBasketSummary } from '../shapes/staff-basket.ts'
import { withdrawn } from './clean-up.ts'

type BasketId = Id<'bask'>
type Query = { status?: BasketStatus; user_id?: Id<'user'>; limit: number; cursor?: string }

/** Newest first. */
export async function listBaskets(ctx: Ctx, query: Query): Promise<Page<StaffBasketSummary>> {
  const after = decodeCursor('newest', 1, query.cursor) as [BasketId] | undefined
  const rows = await select(ctx.db).where(and(
    isNull(baskets.archived_at),
    query.status && eq(baskets.status, query.status),
    query.user_id && eq(baskets.user_id, query.user_id),
    after && lt(baskets.id, after[0]),
  )).orderBy(desc(baskets.id)).limit(query.limit + 1)
  return page(rows, query.limit, ({ basket }) => encodeCursor('newest', [basket.id]), summary)
}

export async function getBasket(ctx: Ctx, id: BasketId): Promise<StaffBasket> {
  const row = await fetchBasket(ctx.db, id)
  const { currency, ip_address, user_agent } = row.basket
  const lines = await ctx.db.select().from(basketItems).where(eq(basketItems.basket_id, id)).orderBy(
    asc(basketItems.id),
  )
  const codes = await ctx.db.select({ held: basketPromoCodes, code: promoCodes.code }).from(basketPromoCodes)
    .innerJoin(promoCodes, eq(promoCodes.id, basketPromoCodes.promo_code_id))
    .where(eq(basketPromoCodes.basket_id, id)).orderBy(asc(basketPromoCodes.position))
  return {
    ...summary(row),
    ip_address,
    user_agent,
    lines: lines.map((line) => ({
      id: line.id,
      product_id: line.product_id,
      variant_id: line.variant_id,
      name: line.name,
      ref: line.product_ref,
      quantity: line.quantity,
      unit_price: money(line.price_net, currency),
      is_available: line.is_available,
      added_at: line.added_at.toISOString(),
    })),
    promo_codes: codes.map(({ held, code }) => ({
      id: held.promo_code_id,
      code,
      discount: money(held.discount, currency),
      applied_at: held.applied_at.toISOString(),
    })),
  }
}

/** Takes it away from whoever shops with it; the purge removes it 90 days later. */
export async function deleteBasket(ctx: Ctx, id: BasketId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const gone = await tx.update(baskets).set(withdrawn(ctx.now()))
      .where(and(eq(baskets.id, id), isNull(baskets.archived_at)))
    if (affectedRows(gone) === 0) throw new Problem('not_found')
    tx.audit('basket.deleted', id)
  })
}

const select = (db: Executor) =>
  db.select({
    basket: baskets,
    line_count: sql<number>`(select count(*) from ${basketItems} where ${
      eq(basketItems.basket_id, baskets.id)
    })`
      .mapWith(Number),
  }).from(baskets)
type Row = Awaited<ReturnType<typeof select>>[number]

async function fetchBasket(db: Executor, id: BasketId): Promise<Row> {
  const [row] = await select(db).where(and(eq(baskets.id, id), isNull(baskets.archived_at)))
  if (!row) throw new Problem('not_found')
  return row
}

const summary = ({ basket, line_count }: Row): StaffBasketSummary => ({
  id: basket.id,
  user_id: basket.user_id,
  status: basket.status,
  version: basket.version,
  line_count,
  subtotal: money(basket.subtotal, basket.currency),
  discount: money(basket.discount, basket.currency),
  amount: money(basket.amount, basket.currency),
  vat: money(basket.vat, basket.currency),
  converted_to_order_id: basket.converted_to_order_id,
  merged_into_id: basket.merged_into_id,
  abandoned_at: basket.abandoned_at?.toISOString() ?? null,
  last_activity_at: basket.last_activity_at.toISOString(),
  created_at: basket.created_at.toISOString(),
})
