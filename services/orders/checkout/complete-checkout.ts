import { Problem } from '../../../shared/errors/problem.ts'
import { paymentMachine } from '../domain/payment-states.ts'
import { quantities } from '../domain/quantities.ts'
import type { Ctx } from '../needs.ts'
import { fetchPayment, findOrder } from '../queries/orders.ts'
import type { OrderRow } from '../schema.ts'
import { cancelOrder } from '../writes/cancel-order.ts'
import { confirmOrder } from './confirm-order.ts'
import { askToAuthorize } from '../payments/ask.ts'
import { movePayment } from '../writes/move-payment.ts'
import { settlePayment } from '../writes/settle-payment.ts'
import { leaseUntil } from './lease.ts'

/** What a step may answer for good. Anything else leaves the order pending: it is tried again. */
const REFUSALS = ['out_of_stock', 'promo_code_refused', 'payment_refused', 'conflict']
/** How long to wait for whoever took the order over, before the caller is told to come back. */
const OUTCOME_TRIES = 30
const OUTCOME_EVERY_MS = 100

/**
 * Brings a pending order to its end, from wherever an earlier attempt stopped: every step is idempotent by order.
 * Returns it confirmed; throws the refusal it was cancelled with, or `upstream_timeout`, `upstream_failed` and
 * `unavailable` while it stays pending.
 */
export async function completeCheckout(
  ctx: Ctx,
  order: OrderRow,
  { isResumed }: { isResumed: boolean },
): Promise<OrderRow> {
  if (order.status !== 'pending') return asOutcome(order)
  const progress = { redeemed: isResumed, reserved: isResumed, authorized: isResumed }
  let confirmed: OrderRow | undefined
  try {
    confirmed = await secure(ctx, order, progress)
  } catch (error) {
    if (!(error instanceof Problem) || !REFUSALS.includes(error.code)) throw asTemporary(error)
    if (await abandon(ctx, order, error, progress)) throw error
  }
  return confirmed ?? await outcomeOfOther(ctx, order, progress.authorized)
}

type Progress = { redeemed: boolean; reserved: boolean; authorized: boolean }

async function secure(ctx: Ctx, order: OrderRow, progress: Progress): Promise<OrderRow | undefined> {
  const order_id = order.id
  if (order.promo_codes.length > 0) {
    progress.redeemed = true
    const promo_codes = order.promo_codes.map((each) => each.promo_code_id)
    await ctx.ports.checkout.redeem({ order_id, user_id: order.user_id, promo_codes })
  }
  const { expires_at } = await ctx.ports.inventory.reserve({ order_id, lines: quantities(order.lines) })
  progress.reserved = true
  progress.authorized = true
  const authorization = await askToAuthorize(ctx, order)
  if (authorization.status === 'refused') throw new Problem('payment_refused', authorization.reason)
  return await confirmOrder(ctx, order, authorization.reference, new Date(expires_at))
}

/**
 * Cancels, and only then gives back: whoever else still worked on this order can't confirm it with stock that is free
 * again. The event makes sure of it; the calls make it quick, also while the broker is away. False when the order was
 * no longer ours to cancel.
 */
async function abandon(ctx: Ctx, order: OrderRow, refusal: Problem, progress: Progress): Promise<boolean> {
  const cancelled = await cancelOrder(ctx, order, {
    lease: order.lease_until,
    reason: refusal.code,
    by: 'checkout',
    refusal: { code: refusal.code, extra: refusal.extra },
    holdsMoney: progress.authorized && refusal.code !== 'payment_refused',
    ...(refusal.code === 'payment_refused' && { paymentError: refusal.message }),
  })
  if (!cancelled) return false
  const order_id = order.id
  const undo = [
    progress.redeemed && order.promo_codes.length > 0 && ctx.ports.checkout.unredeem({ order_id }),
    progress.reserved && ctx.ports.inventory.release({ order_id }),
    cancelled.isOwed && settlePayment(ctx, order_id),
  ]
  for (const result of await Promise.allSettled(undo)) {
    if (result.status === 'rejected') {
      ctx.log.warn('compensation left to its event', { order_id, error: result.reason })
    }
  }
  return true
}

/**
 * The authorisation may have come after the one who cancelled had given up what there was, or while the provider was
 * being asked to: once more, under another key, as the provider would not act on the first again.
 */
async function giveUpLate(ctx: Ctx, order: OrderRow): Promise<void> {
  await ctx.transaction(async (tx) => {
    const at = ctx.now()
    const payment = await fetchPayment(tx, order.id)
    const changes = { operation_id: ctx.newId('op'), due_at: leaseUntil(ctx, at) }
    await movePayment(tx, payment, 'voiding', at, changes, [...paymentMachine.sources('voiding'), 'voiding'])
  })
  await settlePayment(ctx, order.id)
}

/** Another process or the customer decided over this order meanwhile. */
async function outcomeOfOther(ctx: Ctx, { id }: OrderRow, isAuthorized: boolean): Promise<OrderRow> {
  for (let i = 0; i < OUTCOME_TRIES; i++) {
    const now = await findOrder(ctx.db, id)
    if (now && now.status !== 'pending') {
      if (isAuthorized && now.status === 'cancelled') await giveUpLate(ctx, now)
      return asOutcome(now)
    }
    await new Promise((resolve) => setTimeout(resolve, OUTCOME_EVERY_MS))
  }
  throw new Problem('unavailable', 'The order is still being worked on', {}, { 'retry-after': '1' })
}

/** The order, or the refusal that it was cancelled with. */
function asOutcome(order: OrderRow): OrderRow {
  const { status, refusal } = order
  if (status !== 'cancelled') return order
  if (refusal) throw new Problem(refusal.code, undefined, refusal.extra)
  throw new Problem('conflict', 'The order was cancelled')
}

/** A refusal that no step should make is a fault of ours, not of the caller's: 502. */
function asTemporary(error: unknown): unknown {
  return error instanceof Problem && error.status < 500 ? new Problem('upstream_failed') : error
}
