import { count, gte } from 'drizzle-orm'
import { Problem } from '../../../shared/errors/problem.ts'
import { plans } from '../../../shared/kernel/plans.ts'
import type { Ctx } from '../needs.ts'
import { orders } from '../schema.ts'

/**
 * Counting a month of orders takes milliseconds, so each process remembers a count this long. The limit is a term of
 * the subscription, not of the stock: a few orders beyond it do no harm.
 */
const REMEMBERED_MS = 5_000
const MAX_KEPT = 10_000

const kept = new Map<string, { count: number; until: number }>()

/** Throws `plan_limit` once the shop has confirmed as many orders in this month (UTC) as its plan allows. */
export async function requireQuota(ctx: Ctx): Promise<void> {
  const limit = plans[ctx.tenant.plan].max_orders_per_month
  if (limit === null) return
  const now = ctx.now()
  const known = kept.get(ctx.tenant.id)
  const placed = known && known.until > now.getTime() ? known.count : await countThisMonth(ctx, now)
  if (placed >= limit) throw new Problem('plan_limit', `The plan allows ${limit} orders a month`, { limit })
}

async function countThisMonth(ctx: Ctx, now: Date): Promise<number> {
  const monthStart = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()))
  const [row] = await ctx.db.select({ count: count() }).from(orders).where(
    gte(orders.confirmed_at, monthStart),
  )
  if (kept.size >= MAX_KEPT) kept.clear()
  kept.set(ctx.tenant.id, { count: row!.count, until: now.getTime() + REMEMBERED_MS })
  return row!.count
}
