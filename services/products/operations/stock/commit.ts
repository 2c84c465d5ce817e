import { eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { sumByVariant } from '../../domain/stock.ts'
import type { Ctx } from '../../needs.ts'
import {
  findReservation,
  insertReservation,
  moveReservation,
  takeFree,
  takeHeld,
} from '../../queries/reservations.ts'
import { reservations, type ReservedLine } from '../../schema.ts'
import { announceMoves, type OrderId, type OrderLine, shortagesOf } from './internal.ts'

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
    if (await moved('held')) return await takeReserved(ctx, tx, order_id)
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

async function takeReserved(ctx: Ctx, tx: Tx, order_id: OrderId): Promise<void> {
  const [row] = await findReservation(tx, { order_id })
  const lines = row!.lines.filter((line) => line.counted)
  for (const { variant_id, quantity } of lines) {
    const taken = affectedRows(await takeHeld(tx, { id: variant_id, quantity })) === 1
    if (!taken) throw new Error(`${variant_id} holds less than its reservations say`)
  }
  const moves = lines.map(({ variant_id, quantity }) => ({ variant_id, stock: -quantity, free: 0 }))
  await announceMoves(ctx, tx, moves, 'sold')
}

async function takeLate(ctx: Ctx, tx: Tx, items: OrderLine[]): Promise<ReservedLine[]> {
  const lines: ReservedLine[] = []
  for (const { variant_id, quantity } of sumByVariant(items)) {
    const counted = affectedRows(await takeFree(tx, { id: variant_id, quantity })) === 1
    lines.push({ variant_id, quantity, counted })
  }
  const shortages = await shortagesOf(tx, lines.filter((line) => !line.counted))
  if (shortages.length > 0) {
    throw new Problem('out_of_stock', 'The order is confirmed and its stock is gone', { lines: shortages })
  }
  const moves = lines.filter((line) => line.counted)
    .map(({ variant_id, quantity }) => ({ variant_id, stock: -quantity, free: -quantity }))
  await announceMoves(ctx, tx, moves, 'sold')
  return lines
}
