import { madeAt } from '../../../../shared/db/columns.ts'
import { and, eq, sql } from 'drizzle-orm'
import type { Id } from '../../../../shared/kernel/id.ts'
import { showPrice } from '../../../../shared/kernel/vat.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { unordered } from '../../domain/lines.ts'
import { basketStates } from '../../domain/states.ts'
import { basketConverted, basketCreated } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { price, quoteLines } from '../../queries/price.ts'
import { basketItems, baskets } from '../../schema.ts'
import { totalsOf } from '../../writes/write-basket.ts'

type Order = {
  order_id: Id<'ord'>
  basket_id: Id<'bask'>
  basket_version: number
  items: { variant_id: Id<'var'>; quantity: number }[]
}
type Row = typeof baskets.$inferSelect

/**
 * Its order is confirmed: the basket is closed, and what came in while it was being placed begins a new one. Asked by
 * the checkout and once more by its event; the second finds nothing to do.
 */
export async function convert(ctx: Ctx, order: Order): Promise<Record<never, never>> {
  await ctx.transaction(async (tx) => {
    const [basket] = await tx.select().from(baskets).where(eq(baskets.id, order.basket_id)).for('update')
    if (!basket || !basketStates.can(basket.status, 'converted')) return
    await tx.update(baskets).set({
      status: 'converted',
      current_user_id: null,
      converted_to_order_id: order.order_id,
      abandoned_at: null,
      version: sql`version + 1`,
      last_activity_at: ctx.now(),
      updated_at: ctx.now(),
    }).where(and(eq(baskets.id, basket.id), eq(baskets.status, basket.status)))
    if (basket.version > order.basket_version && !basket.archived_at) {
      await keepTheRest(ctx, tx, basket, order)
    }
    tx.emit(basketConverted, {
      basket_id: basket.id,
      user_id: basket.user_id,
      order_id: order.order_id,
      converted_at: ctx.now().toISOString(),
    })
  })
  return {}
}

/** Lines that were not ordered move with their ids; of those ordered in part the rest makes a new line. */
async function keepTheRest(ctx: Ctx, tx: Tx, basket: Row, order: Order): Promise<void> {
  const lines = await tx.select().from(basketItems).where(eq(basketItems.basket_id, basket.id))
  const rest = unordered(lines, order.items)
  if (rest.length === 0) return
  const id = await openFor(ctx, tx, basket, rest.map(({ line, left }) => ({ ...line, quantity: left })))
  const updated_at = ctx.now()
  for (const { line, ordered, left } of rest) {
    if (ordered === 0) {
      await tx.update(basketItems).set({ basket_id: id, updated_at }).where(eq(basketItems.id, line.id))
    } else {
      await tx.update(basketItems).set({ quantity: ordered, updated_at }).where(eq(basketItems.id, line.id))
      const split = { ...line, id: ctx.newId('bli'), basket_id: id, quantity: left, updated_at }
      await tx.insert(basketItems).values(split)
    }
  }
}

async function openFor(
  ctx: Ctx,
  tx: Tx,
  from: Row,
  lines: (typeof basketItems.$inferSelect)[],
): Promise<Id<'bask'>> {
  const id = ctx.newId('bask')
  const { user_id, current_user_id, currency, ip_address, user_agent } = from
  const { totals } = price(ctx, lines, [], await quoteLines(ctx, lines))
  await tx.insert(baskets).values({
    id,
    user_id,
    current_user_id,
    status: current_user_id ? 'active' : 'saved',
    ...totalsOf(ctx, totals),
    last_activity_at: ctx.now(),
    ip_address,
    user_agent,
    ...madeAt(ctx.now()),
  })
  const created_at = ctx.now().toISOString()
  tx.emit(basketCreated, { basket_id: id, user_id, total: showPrice(totals.total, currency), created_at })
  return id
}
