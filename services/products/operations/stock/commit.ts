import { eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { sumByVariant } from '../../domain/stock.ts'
import type { Ctx } from '../../needs.ts'
import {
  findReservation,
  insertReservation,
  lockReserved,
  lockVariants,
  moveReservation,
  takeFree,
  takeHeld,
} from '../../queries/reservations.ts'
import { reservations, type ReservedLine } from '../../schema.ts'
import { announceStock } from '../../writes/announce-stock.ts'
import { announceMoves, countable, counting, type OrderId, type OrderLine, shortagesOf } from './internal.ts'

/**
 * The order is confirmed: what it held has left the stock. Again without effect. Where its reservation has expired
 * the stock is taken if it is still there, else throws `out_of_stock`; where it was released the order was cancelled,
 * and that was heard first.
 */
export async function commitReservation(ctx: Ctx, order_id: OrderId, items: OrderLine[]): Promise<void> {
  const now = ctx.now()
  await ctx.transaction(async (tx) => {
    const moved = async (from: string) =>
      affectedRows(await moveReservation(tx, { order_id, from, to: 'committed', now })) === 1
    if (await moved('held')) return await takeReserved(tx, order_id, items)
    const [row] = await findReservation(tx, { order_id })
    if (row?.status === 'committed' || row?.status === 'released') return
    ctx.log.warn('order confirmed without a reservation', { order: order_id })
    const lines = await takeLate(ctx, tx, items)
    if (await moved('expired')) {
      return void await tx.update(reservations).set({ lines }).where(eq(reservations.order_id, order_id))
    }
    const inserted = await insertReservation(tx, {
      order_id,
      status: 'committed',
      lines,
      expires_at: now,
      now,
    })
    if (affectedRows(inserted) === 0) throw new Error('the reservation changed meanwhile')
  })
}

/** What nobody else could buy is sold: it changes what is left, and not what can be bought. */
async function takeReserved(tx: Tx, order_id: OrderId, items: OrderLine[]): Promise<void> {
  const rows = await lockReserved(tx, items, { order_id })
  const lines = rows[0]!.lines.filter((line) => line.counted)
  if (await takeHeld(tx, lines) < lines.length) {
    throw new Error(`variants of ${order_id} hold less than its reservation says`)
  }
  const quantities = new Map(lines.map((line) => [line.variant_id, line.quantity]))
  for (const { variant, ref } of rows) {
    if (!variant) continue
    const quantity = quantities.get(variant.id) ?? 0
    const { stock, reserved } = variant
    const after = { ...variant, stock: stock - quantity, reserved: reserved - quantity }
    announceStock(tx, after, ref, stock, 'sold')
  }
}

async function takeLate(ctx: Ctx, tx: Tx, items: OrderLine[]): Promise<ReservedLine[]> {
  const lines = sumByVariant(items)
  const rows = await lockVariants(tx, lines)
  const taken = countable(lines, rows)
  const shortages = shortagesOf(lines.filter((line) => !taken.includes(line)), rows)
  if (shortages.length > 0) {
    throw new Problem('out_of_stock', 'The order is confirmed and its stock is gone', { lines: shortages })
  }
  await takeFree(tx, taken)
  const moves = taken.map(({ variant_id, quantity }) => ({
    variant_id,
    stock: -quantity,
    free: -quantity,
  }))
  await announceMoves(ctx, tx, moves, 'sold')
  return counting(lines, taken)
}
