import { eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { sumByVariant } from '../../domain/stock.ts'
import type { Ctx } from '../../needs.ts'
import { findReservation, holdStock, insertReservation } from '../../queries/reservations.ts'
import { reservations, type ReservedLine } from '../../schema.ts'
import { announceMoves, type OrderId, type OrderLine, shortagesOf } from './internal.ts'

/** How long an order may hold stock before it has to be asked about. */
export const RESERVATION_TTL_MS = 15 * 60_000

/**
 * Holds all lines of an order or none. The same order again changes nothing. Throws `out_of_stock` with every line
 * that falls short, `conflict` for an order whose stock was given back.
 */
export async function reserve(
  ctx: Ctx,
  input: { order_id: OrderId; lines: OrderLine[] },
): Promise<{ expires_at: string }> {
  const { order_id } = input
  const lines = sumByVariant(input.lines).map((line): ReservedLine => ({ ...line, counted: true }))
  const now = ctx.now()
  const expires_at = new Date(now.getTime() + RESERVATION_TTL_MS)
  return await ctx.transaction(async (tx) => {
    const inserted = await insertReservation(tx, { order_id, status: 'held', lines, expires_at, now })
    if (affectedRows(inserted) === 0) return await present(tx, order_id)
    const lacking: ReservedLine[] = []
    for (const line of lines) {
      if (affectedRows(await holdStock(tx, { id: line.variant_id, quantity: line.quantity })) === 0) {
        lacking.push(line)
      }
    }
    if (lacking.length > 0) {
      const shortages = await shortagesOf(tx, lacking)
      if (shortages.length > 0) throw new Problem('out_of_stock', undefined, { lines: shortages })
      const held = lines.map((line) => ({ ...line, counted: !lacking.includes(line) }))
      await tx.update(reservations).set({ lines: held }).where(eq(reservations.order_id, order_id))
    }
    const moves = lines.filter((line) => !lacking.includes(line))
      .map(({ variant_id, quantity }) => ({ variant_id, stock: 0, free: -quantity }))
    await announceMoves(ctx, tx, moves, 'reserved')
    return { expires_at: expires_at.toISOString() }
  })
}

async function present(tx: Tx, order_id: OrderId): Promise<{ expires_at: string }> {
  const [row] = await findReservation(tx, { order_id })
  if (row?.status === 'held' || row?.status === 'committed') {
    return { expires_at: row.expires_at.toISOString() }
  }
  throw new Problem('conflict', 'What this order held was given back')
}
