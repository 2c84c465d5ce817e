import { isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Id } from '../../../shared/kernel/id.ts'
import type { Tx } from '../../../shared/service/context.ts'
import type { Quotes } from '../domain/lines.ts'
import type { PricedBasket } from '../domain/price-basket.ts'
import type { Ctx } from '../needs.ts'
import { findBasket, type Holder, lockBasket, type StoredBasket } from '../queries/baskets.ts'
import { price, quote } from '../queries/price.ts'
import type { Change, Draft, Plan, RemovalReason } from './plan.ts'
import { writeBasket, type Written } from './write-basket.ts'

type Options = {
  /** Variants the change is about, besides those of the basket. */
  variants?: Id<'var'>[]
  /** Why units leave, for those who follow the events. */
  reason?: RemovalReason
  /** Commits with the change. */
  within?: (tx: Tx, basket: Id<'bask'>) => Promise<void>
}

/** `id` is null where there is none yet, `token` what a new guest now holds the basket by. */
export type Changed = { id: Id<'bask'> | null; version: number; priced: PricedBasket; token?: string }

/** Others may have been faster this often before the basket is locked ahead of the change. */
const OPTIMISTIC_ATTEMPTS = 2
const MAX_ATTEMPTS = 10

/**
 * Every change of a basket: read it, price it at one quote of the catalogue, write it with the version it was read
 * at as the guard, and return the whole of it. Made when there is none yet and the change puts something in.
 * Adding a line costs four statements: read, quote, basket, outbox.
 */
export async function changeBasket(
  ctx: Ctx,
  holder: Holder,
  change: Change,
  options: Options = {},
): Promise<Changed> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = await findBasket(ctx.db, holder)
    const quotes = await quote(ctx, variantsOf(before, options.variants))
    const plan = planOf(ctx, before, change, quotes)
    if (!plan.isChange) return { id: before?.id ?? null, version: before?.version ?? 0, priced: plan.priced }
    const isContended = before !== undefined && attempt >= OPTIMISTIC_ATTEMPTS
    const written = await (isContended
      ? writeLocked(ctx, holder, before.id, quotes, change, options)
      : writeOptimistically(ctx, holder, plan, options))
    if (written) {
      const { id, version, token, plan } = written
      return { id, version, token, priced: plan.priced }
    }
  }
  throw new Problem('conflict', 'Too many requests change this basket at once')
}

type Done = Written & { plan: Plan }

function planOf(ctx: Ctx, before: StoredBasket | undefined, change: Change, quotes: Quotes): Plan {
  const draft: Draft = { lines: before?.lines ?? [], codes: before?.codes ?? [] }
  const after = change(draft, quotes)
  const isChange = after.lines !== draft.lines || after.codes !== draft.codes
  return { before, after, priced: price(ctx, after.lines, after.codes, quotes), isChange }
}

async function writeOptimistically(
  ctx: Ctx,
  holder: Holder,
  plan: Plan,
  options: Options,
): Promise<Done | undefined> {
  try {
    const written = await ctx.transaction((tx) => writeAll(ctx, tx, holder, plan, options))
    return written && { ...written, plan }
  } catch (error) {
    // The same shopper's other request made the basket first.
    if (isDuplicate(error, 'baskets_current_user')) return undefined
    throw error
  }
}

/** Asks for what others have put in meanwhile while holding the lock: only where requests fight for one basket. */
async function writeLocked(
  ctx: Ctx,
  holder: Holder,
  id: Id<'bask'>,
  quotes: Quotes,
  change: Change,
  options: Options,
): Promise<Done | undefined> {
  return await ctx.transaction(async (tx) => {
    await lockBasket(tx, id)
    const before = await findBasket(tx, holder)
    if (before?.id !== id) return undefined
    const plan = planOf(ctx, before, change, await quote(ctx, variantsOf(before), quotes))
    if (!plan.isChange) return { id, version: before.version, plan }
    const written = await writeAll(ctx, tx, holder, plan, options)
    return written && { ...written, plan }
  })
}

async function writeAll(
  ctx: Ctx,
  tx: Tx,
  holder: Holder,
  plan: Plan,
  options: Options,
): Promise<Written | undefined> {
  const written = await writeBasket(ctx, tx, holder, plan, options.reason ?? 'removed')
  if (written) await options.within?.(tx, written.id)
  return written
}

const variantsOf = (basket: StoredBasket | undefined, more: Id<'var'>[] = []): Id<'var'>[] => [
  ...(basket?.lines ?? []).map((line) => line.variant_id),
  ...more,
]
