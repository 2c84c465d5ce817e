import { eq } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import { sumByVariant } from '../../domain/stock.ts'
import type { Ctx } from '../../needs.ts'
import {
  findReservation,
  holdPlenty,
  holdStock,
  insertReservation,
  lockVariants,
} from '../../queries/reservations.ts'
import { reservations } from '../../schema.ts'
import { announceMoves, countable, counting, type OrderId, type OrderLine, shortagesOf } from './internal.ts'

/** How long an order may hold stock before it has to be asked about. */
export const RESERVATION_TTL_MS = 15 * 60_000

/** Of several lines some were plentiful and some were not: what was held is undone, and they are looked at one by one. */
class HeldInPart extends Error {}

/**
 * Holds all lines of an order or none. The same order again changes nothing. Two statements where there is plenty of
 * everything. Throws `out_of_stock` with every line that falls short, `conflict` for an order whose stock was given back.
 */
export async function reserve(
  ctx: Ctx,
  input: { order_id: OrderId; lines: OrderLine[] },
): Promise<{ expires_at: string }> {
  const { order_id } = input
  const lines = sumByVariant(input.lines)
  const now = ctx.now()
  const expires_at = new Date(now.getTime() + RESERVATION_TTL_MS)
  const row = { order_id, status: 'held', lines: counting(lines, lines), expires_at, now }
  const attempt = (hold: (tx: Tx) => Promise<void>) =>
    ctx.transaction(async (tx) => {
      if (affectedRows(await insertReservation(tx, row)) === 0) return await present(tx, order_id)
      await hold(tx)
      return { expires_at: expires_at.toISOString() }
    })
  try {
    return await attempt(async (tx) => {
      const held = await holdPlenty(tx, lines)
      if (held === lines.length) return
      if (held > 0) throw new HeldInPart()
      await holdEach(ctx, tx, order_id, lines)
    })
  } catch (error) {
    if (!(error instanceof HeldInPart)) throw error
    return await attempt((tx) => holdEach(ctx, tx, order_id, lines))
  }
}

/** Where a unit may be the last, or nobody counts them. */
async function holdEach(ctx: Ctx, tx: Tx, order_id: OrderId, lines: OrderLine[]): Promise<void> {
  const rows = await lockVariants(tx, lines)
  const held = countable(lines, rows)
  const shortages = shortagesOf(lines.filter((line) => !held.includes(line)), rows)
  if (shortages.length > 0) throw new Problem('out_of_stock', undefined, { lines: shortages })
  if (held.length < lines.length) {
    await tx.update(reservations).set({ lines: counting(lines, held) })
      .where(eq(reservations.order_id, order_id))
  }
  await holdStock(tx, held)
  const moves = held.map(({ variant_id, quantity }) => ({ variant_id, stock: 0, free: -quantity }))
  await announceMoves(ctx, tx, moves, 'reserved')
}

async function present(tx: Tx, order_id: OrderId): Promise<{ expires_at: string }> {
  const [row] = await findReservation(tx, { order_id })
  if (row?.status === 'held' || row?.status === 'committed') {
    return { expires_at: row.expires_at.toISOString() }
  }
  throw new Problem('conflict', 'What this order held was given back')
}
