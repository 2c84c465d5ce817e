import { asc, lt } from 'drizzle-orm'
import type { Executor } from '../../../shared/db/database.ts'
import { earliest } from '../../../shared/db/earliest.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Ctx } from '../needs.ts'
import { findOrder } from '../queries.ts'
import { orders } from '../schema.ts'
import { cancelOrder } from './cancel-order.ts'
import { completeCheckout } from './complete-checkout.ts'
import { claim } from './lease.ts'
import { settlePayment } from './settle-payment.ts'

const BATCH = 50
/** An order that could not be brought to its end in this time would surprise a customer who was told that it failed. */
const GIVE_UP_MS = 15 * 60_000

const overdue = (db: Executor, now: Date, limit: number) =>
  db.select({ id: orders.id }).from(orders).where(lt(orders.lease_until, now)).orderBy(
    asc(orders.lease_until),
  ).limit(limit)

export const nextUnfinished = (db: Executor): Promise<Date | null> => earliest(db, orders.lease_until)

/** Takes up what a crash, a time-out or an outage left behind. Several processes may do it at once. */
export async function resumeCheckouts(ctx: Ctx): Promise<void> {
  for (const { id } of await overdue(ctx.db, ctx.now(), BATCH)) {
    try {
      await resume(ctx, id)
    } catch (error) {
      if (error instanceof Problem && error.status < 500) continue // it has its refusal now
      ctx.log.warn('checkout not finished yet', { order_id: id, error })
    }
  }
}

async function resume(ctx: Ctx, id: Parameters<typeof findOrder>[1]): Promise<void> {
  const found = await findOrder(ctx.db, id)
  if (!found || found.order.lease_until === null || found.order.lease_until > ctx.now()) return
  const taken = await claim(ctx, found)
  if (!taken) return
  const { status, placed_at } = taken.order
  if (status === 'cancelled') return await settlePayment(ctx, taken.order)
  if (status !== 'pending') return
  ctx.log.info('checkout resumed', { order_id: id })
  if (ctx.now().getTime() - placed_at.getTime() < GIVE_UP_MS) {
    await completeCheckout(ctx, taken, { isResumed: true })
    return
  }
  const extra = { detail: 'The checkout could not be completed in time; nothing was charged' }
  const given = {
    reason: 'checkout_expired',
    by: 'checkout',
    refusal: { code: 'conflict' as const, extra },
    holdsMoney: true,
  }
  const cancelled = await cancelOrder(ctx, taken, { ...given, lease: taken.order.lease_until })
  if (cancelled) await settlePayment(ctx, cancelled.order)
}
