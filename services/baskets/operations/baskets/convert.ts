import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { madeAt } from '../../../../shared/db/columns.ts'
import { affectedRows, arg, prepared } from '../../../../shared/db/database.ts'
import type { Id } from '../../../../shared/kernel/id.ts'
import { showPrice } from '../../../../shared/kernel/vat.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { type BasketLine, unordered } from '../../domain/lines.ts'
import { basketStates } from '../../domain/states.ts'
import { basketConverted, basketCreated } from '../../events.ts'
import type { Ctx } from '../../needs.ts'
import { price, quoteLines } from '../../queries/price.ts'
import { baskets } from '../../schema.ts'
import { totalsOf } from '../../writes/write-basket.ts'

type Order = {
  order_id: Id<'ord'>
  basket_id: Id<'bask'>
  basket_version: number
  items: { variant_id: Id<'var'>; quantity: number }[]
}
type Row = typeof baskets.$inferSelect

/** The basket as it was ordered, if nothing has happened to it since: one statement, its own transaction. */
const closeUnchanged = prepared((db) =>
  db.update(baskets).set({
    status: 'converted',
    current_user_id: sql`null`,
    converted_to_order_id: arg(baskets.converted_to_order_id, 'order_id'),
    abandoned_at: sql`null`,
    version: sql`version + 1`,
    last_activity_at: arg(baskets.last_activity_at, 'now'),
    updated_at: arg(baskets.updated_at, 'now'),
  }).where(and(
    eq(baskets.id, arg(baskets.id, 'basket_id')),
    eq(baskets.version, arg(baskets.version, 'basket_version')),
    inArray(baskets.status, basketStates.sources('converted')),
    isNull(baskets.archived_at),
  ))
)

const lockById = prepared((db) =>
  db.select().from(baskets).where(eq(baskets.id, arg(baskets.id, 'id'))).for('update')
)

/**
 * Its order is confirmed: the basket is closed, and what came in while it was being placed begins a new one. Asked by
 * the checkout, so that its user can shop on at once, and once more by its event; the second finds nothing to do.
 */
export async function convert(ctx: Ctx, order: Order): Promise<Record<never, never>> {
  const { order_id, basket_id, basket_version } = order
  const closed = await closeUnchanged(ctx.db, { order_id, basket_id, basket_version, now: ctx.now() })
  if (affectedRows(closed) === 0) await ctx.transaction((tx) => close(ctx, tx, order))
  return {}
}

/** Closes it where the checkout did not come to it, and tells: once for each order, with the event it hears of. */
export async function convertAndTell(ctx: Ctx, order: Order): Promise<void> {
  await ctx.transaction(async (tx) => {
    const closed = await close(ctx, tx, order)
    if (!closed) return
    const { basket_id, order_id } = order
    tx.emit(basketConverted, { basket_id, user_id: closed.user_id, order_id, converted_at: closed.at })
  })
}

/** Undefined for a basket that is gone, or is another order's. */
async function close(
  ctx: Ctx,
  tx: Tx,
  order: Order,
): Promise<{ user_id: Id<'user'> | null; at: string } | undefined> {
  const [basket] = await lockById(tx, { id: order.basket_id })
  if (!basket) return undefined
  const { user_id } = basket
  if (basket.converted_to_order_id === order.order_id) {
    return { user_id, at: basket.last_activity_at.toISOString() }
  }
  if (!basketStates.can(basket.status, 'converted')) return undefined
  const now = ctx.now()
  const isChanged = basket.version > order.basket_version && !basket.archived_at
  const rest = isChanged ? unordered(basket.lines, order.items) : []
  await tx.update(baskets).set({
    status: 'converted',
    current_user_id: null,
    converted_to_order_id: order.order_id,
    abandoned_at: null,
    lines: withoutRest(basket.lines, rest),
    version: sql`version + 1`,
    last_activity_at: now,
    updated_at: now,
  }).where(and(eq(baskets.id, basket.id), eq(baskets.status, basket.status)))
  if (rest.length > 0) await openFor(ctx, tx, basket, rest.map((each) => movedLine(ctx, each)))
  return { user_id, at: now.toISOString() }
}

type Rest = ReturnType<typeof unordered<BasketLine>>

const withoutRest = (lines: BasketLine[], rest: Rest): BasketLine[] =>
  lines.flatMap((line) => {
    const left = rest.find((each) => each.line === line)
    if (!left) return [line]
    return left.ordered > 0 ? [{ ...line, quantity: left.ordered }] : []
  })

/** A line that was not ordered moves with its id; of one that was ordered in part the rest is a new line. */
const movedLine = (ctx: Ctx, { line, ordered, left }: Rest[number]): BasketLine => ({
  ...line,
  id: ordered > 0 ? ctx.newId('bli') : line.id,
  quantity: left,
})

async function openFor(ctx: Ctx, tx: Tx, from: Row, lines: BasketLine[]): Promise<void> {
  const id = ctx.newId('bask')
  const { user_id, current_user_id, currency, ip_address, user_agent } = from
  const { totals } = price(ctx, lines, [], await quoteLines(ctx, lines))
  await tx.insert(baskets).values({
    id,
    user_id,
    current_user_id,
    status: current_user_id ? 'active' : 'saved',
    lines,
    ...totalsOf(ctx, totals),
    last_activity_at: ctx.now(),
    ip_address,
    user_agent,
    ...madeAt(ctx.now()),
  })
  const created_at = ctx.now().toISOString()
  tx.emit(basketCreated, { basket_id: id, user_id, total: showPrice(totals.total, currency), created_at })
}
