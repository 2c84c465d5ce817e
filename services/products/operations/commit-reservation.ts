import { eq, inArray } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Tx } from '../../../shared/service/context.ts'
import { sumByVariant } from '../domain/stock.ts'
import type { Ctx } from '../needs.ts'
import {
  findReservation,
  insertReservation,
  moveReservation,
  takeFree,
  takeHeld,
} from '../queries/reservations.ts'
import { products, reservations, type ReservedLine, variants } from '../schema.ts'
import { announceStock } from './adjust-stock.ts'
import { type OrderLine, shortagesOf } from './reserve.ts'

type OrderId = `ord_${string}`

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
    if (await moved('held')) return await takeReserved(tx, order_id)
    const [row] = await findReservation(tx, { order_id })
    if (row?.status === 'committed' || row?.status === 'released') return
    ctx.log.warn('order confirmed without a reservation', { order: order_id })
    const lines = await takeLate(tx, items)
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

async function takeReserved(tx: Tx, order_id: OrderId): Promise<void> {
  const [row] = await findReservation(tx, { order_id })
  const lines = row!.lines.filter((line) => line.counted)
  for (const { variant_id, quantity } of lines) {
    const taken = affectedRows(await takeHeld(tx, { id: variant_id, quantity })) === 1
    if (!taken) throw new Error(`${variant_id} holds less than its reservations say`)
  }
  await announceSold(tx, lines, 'sold')
}

async function takeLate(tx: Tx, items: OrderLine[]): Promise<ReservedLine[]> {
  const lines: ReservedLine[] = []
  for (const { variant_id, quantity } of sumByVariant(items)) {
    const counted = affectedRows(await takeFree(tx, { id: variant_id, quantity })) === 1
    lines.push({ variant_id, quantity, counted })
  }
  const shortages = await shortagesOf(tx, lines.filter((line) => !line.counted))
  if (shortages.length > 0) {
    throw new Problem('out_of_stock', 'The order is confirmed and its stock is gone', { lines: shortages })
  }
  await announceSold(tx, lines.filter((line) => line.counted), 'sold')
  return lines
}

/** Tells of stock that has just changed by these quantities, taken ones positive. */
export async function announceSold(tx: Tx, lines: OrderLine[], reason: string): Promise<void> {
  if (lines.length === 0) return
  const rows = await tx.select({ variant: variants, ref: products.ref }).from(variants)
    .innerJoin(products, eq(products.id, variants.product_id))
    .where(inArray(variants.id, lines.map((line) => line.variant_id)))
  const quantities = new Map(lines.map((line) => [line.variant_id, line.quantity]))
  for (const { variant, ref } of rows) {
    announceStock(tx, variant, ref, variant.stock + quantities.get(variant.id)!, reason)
  }
}
