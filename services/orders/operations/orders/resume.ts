import { and, asc, eq, lt } from 'drizzle-orm'
import { affectedRows, type Executor } from '../../../../shared/db/database.ts'
import { earliest } from '../../../../shared/db/earliest.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { completeCheckout } from '../../checkout/complete-checkout.ts'
import { claim } from '../../checkout/lease.ts'
import { backOffMs } from '../../domain/payment-states.ts'
import type { Ctx } from '../../needs.ts'
import { findOrder } from '../../queries/orders.ts'
import { type OrderRow, orders, payments } from '../../schema.ts'
import { cancelOrder } from '../../writes/cancel-order.ts'
import { settlePayment } from '../../writes/settle-payment.ts'

const BATCH = 50
/** One provider or neighbour that doesn't answer holds up as many, and those behind it for this long at most. */
const AT_ONCE = 8
const RUN_MS = 20_000
/** An order that could not be brought to its end in this time would surprise a customer who was told that it failed. */
const GIVE_UP_MS = 15 * 60_000

const overdueOrders = (db: Executor, now: Date, limit: number) =>
  db.select({ id: orders.id }).from(orders).where(lt(orders.lease_until, now))
    .orderBy(asc(orders.lease_until)).limit(limit)
const duePayments = (db: Executor, now: Date, limit: number) =>
  db.select({
    id: payments.id,
    order_id: payments.order_id,
    due_at: payments.due_at,
    attempts: payments.attempts,
  })
    .from(payments).where(lt(payments.due_at, now)).orderBy(asc(payments.due_at)).limit(limit)
type DuePayment = Awaited<ReturnType<typeof duePayments>>[number]

/** When the next of them is due: checkouts whose lease ends, payments that wait for their provider. */
export async function nextUnfinished(db: Executor): Promise<Date | null> {
  const [checkout, payment] = [await earliest(db, orders.lease_until), await earliest(db, payments.due_at)]
  return checkout && payment ? (checkout < payment ? checkout : payment) : checkout ?? payment
}

/**
 * Takes up what a crash, a time-out or an outage left behind: checkouts, and movements of money. Several processes may
 * do it at once. What fails is left alone for longer each time, and never keeps others waiting beyond this run.
 */
export async function resume(ctx: Ctx): Promise<void> {
  const now = ctx.now()
  const checkouts = (await overdueOrders(ctx.db, now, BATCH)).map(({ id }) => () => resumeCheckout(ctx, id))
  const movements = (await duePayments(ctx.db, now, BATCH)).map((payment) => () =>
    resumePayment(ctx, payment)
  )
  await workOff(ctx, [...checkouts, ...movements], now.getTime() + RUN_MS)
}

async function workOff(ctx: Ctx, tasks: (() => Promise<void>)[], until: number): Promise<void> {
  const left = tasks.values()
  const worker = async () => {
    for (const task of left) {
      if (ctx.now().getTime() >= until) return
      await task().catch((error) => {
        if (error instanceof Problem && error.status < 500) return // it has its refusal now
        ctx.log.warn('an order is not finished yet', { error })
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, tasks.length) }, worker))
}

async function resumePayment(ctx: Ctx, { id, order_id, due_at, attempts }: DuePayment): Promise<void> {
  const later = new Date(ctx.now().getTime() + backOffMs(attempts, ctx.config.CHECKOUT_LEASE_MS))
  const taken = await ctx.db.update(payments).set({ due_at: later, attempts: attempts + 1 })
    .where(and(eq(payments.id, id), eq(payments.due_at, due_at!)))
  if (affectedRows(taken) === 1) await settlePayment(ctx, order_id)
}

async function resumeCheckout(ctx: Ctx, id: OrderRow['id']): Promise<void> {
  const found = await findOrder(ctx.db, id)
  if (!found || found.lease_until === null || found.lease_until > ctx.now()) return
  const taken = await claim(ctx, found)
  if (!taken || taken.status !== 'pending') return
  ctx.log.info('checkout resumed', { order_id: id })
  if (ctx.now().getTime() - taken.placed_at.getTime() < GIVE_UP_MS) {
    await completeCheckout(ctx, taken, { isResumed: true })
    return
  }
  const lease = taken.lease_until
  const expired = { ...taken, lease_until: null }
  const cancelled = await cancelOrder(ctx, expired, {
    reason: 'checkout_expired',
    by: 'checkout',
    lease,
    refusal: {
      code: 'conflict',
      extra: { detail: 'The checkout could not be completed in time; nothing was charged' },
    },
    holdsMoney: true,
  })
  if (cancelled?.isOwed) await settlePayment(ctx, id)
}
