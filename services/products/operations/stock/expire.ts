import { and, eq } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { earliest } from '../../../../shared/db/earliest.ts'
import type { Ctx } from '../../needs.ts'
import { findOverdue } from '../../queries/reservations.ts'
import { reservations } from '../../schema.ts'
import { commitReservation } from './commit.ts'
import { release } from './release.ts'
import { RESERVATION_TTL_MS } from './reserve.ts'

const BATCH = 100

type Reservation = typeof reservations.$inferSelect

export const nextOverdueReservation = (db: Executor): Promise<Date | null> =>
  earliest(db, reservations.expires_at, eq(reservations.status, 'held'))

/**
 * What is held past its time: the order decides. A confirmed one has its stock taken (its event may be late or
 * dead), a pending one gets more time, and one that was cancelled or refunded, or never came to be, gives back.
 */
export async function expireReservations(ctx: Ctx): Promise<void> {
  for (const reservation of await findOverdue(ctx.db, ctx.now(), BATCH)) {
    try {
      await settle(ctx, reservation)
    } catch (error) {
      ctx.log.warn('reservation not settled', { order: reservation.order_id, error })
    }
  }
}

async function settle(ctx: Ctx, { order_id, lines, expires_at }: Reservation): Promise<unknown> {
  const { stock } = await ctx.ports.orderStates.find({ order_id })
  if (stock === null) return await release(ctx, { order_id }, 'expired')
  if (stock === 'given_back') return await release(ctx, { order_id })
  if (stock === 'sold') return await commitReservation(ctx, order_id, lines)
  return await ctx.db.update(reservations)
    .set({ expires_at: new Date(ctx.now().getTime() + RESERVATION_TTL_MS), updated_at: ctx.now() })
    .where(
      and(
        eq(reservations.order_id, order_id),
        eq(reservations.status, 'held'),
        eq(reservations.expires_at, expires_at),
      ),
    )
}
