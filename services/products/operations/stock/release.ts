import { affectedRows } from '../../../../shared/db/database.ts'
import type { Tx } from '../../../../shared/service/context.ts'
import type { Ctx } from '../../needs.ts'
import {
  findReservation,
  giveBackHeld,
  insertReservation,
  moveReservation,
  putBack,
} from '../../queries/reservations.ts'
import type { reservations } from '../../schema.ts'
import { announceMoves, type OrderId } from './internal.ts'

type End = Extract<typeof reservations.$inferSelect['status'], 'released' | 'expired'>

/**
 * Ends what an order holds or has taken; what it had counted is free again. An order that held nothing leaves a mark,
 * so that it can't reserve any more. The same again changes nothing. `expired` is an end that a late confirmation
 * may still reverse, `released` is one for good.
 */
export async function release(
  ctx: Ctx,
  input: { order_id: OrderId },
  end: End = 'released',
): Promise<Record<never, never>> {
  const { order_id } = input
  const now = ctx.now()
  await ctx.transaction(async (tx) => {
    const moved = async (from: string) =>
      affectedRows(await moveReservation(tx, { order_id, from, to: end, now })) === 1
    if (await moved('held')) return await freeHeld(ctx, tx, order_id)
    if (end === 'expired') return
    if (await moved('committed')) return await restock(ctx, tx, order_id)
    if (await moved('expired')) return
    const inserted = await insertReservation(tx, { order_id, status: end, lines: [], expires_at: now, now })
    // Somebody reserved at this very instant: the row that is there now is what has to end.
    if (affectedRows(inserted) === 0 && await moved('held')) await freeHeld(ctx, tx, order_id)
  })
  return {}
}

async function freeHeld(ctx: Ctx, tx: Tx, order_id: OrderId): Promise<void> {
  const lines = await countedLines(tx, order_id)
  await giveBackHeld(tx, lines)
  const moves = lines.map(({ variant_id, quantity }) => ({ variant_id, stock: 0, free: quantity }))
  await announceMoves(ctx, tx, moves, 'released')
}

async function restock(ctx: Ctx, tx: Tx, order_id: OrderId): Promise<void> {
  const lines = await countedLines(tx, order_id)
  await putBack(tx, lines)
  const moves = lines.map(({ variant_id, quantity }) => ({ variant_id, stock: quantity, free: quantity }))
  await announceMoves(ctx, tx, moves, 'cancelled')
}

async function countedLines(tx: Tx, order_id: OrderId) {
  const [row] = await findReservation(tx, { order_id })
  return row!.lines.filter((line) => line.counted)
}
