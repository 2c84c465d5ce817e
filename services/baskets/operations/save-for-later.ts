import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { affectedRows } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import type { Id } from '../../../shared/kernel/id.ts'
import { basketStates } from '../domain/states.ts'
import type { Ctx } from '../needs.ts'
import { basketItems, baskets } from '../schema.ts'
import type { Basket } from '../shapes/basket.ts'
import { show } from './current-basket.ts'
import { mergeAtLogin } from './merge-guest.ts'

/** Puts the basket aside: the next thing added begins a new one. Throws `basket_empty`. */
export async function saveForLater(ctx: Ctx, token: string | undefined): Promise<Basket> {
  const told = await mergeAtLogin(ctx, token)
  const user = userOf(ctx)
  await ctx.transaction(async (tx) => {
    const [current] = await tx.select({ id: baskets.id, status: baskets.status }).from(baskets)
      .where(eq(baskets.current_user_id, user)).for('update')
    if (!current || await isEmpty(tx, current.id)) throw new Problem('basket_empty')
    if (!basketStates.can(current.status, 'saved')) throw new Problem('illegal_transition')
    await tx.update(baskets).set({
      status: 'saved',
      current_user_id: null,
      abandoned_at: null,
      version: sql`version + 1`,
      last_activity_at: ctx.now(),
      updated_at: ctx.now(),
    }).where(eq(baskets.id, current.id))
  })
  return await show(ctx, token, told)
}

/** Takes up what was saved last. Throws `not_found`, and `conflict` while the present basket holds anything. */
export async function resumeSaved(ctx: Ctx, token: string | undefined): Promise<Basket> {
  const told = await mergeAtLogin(ctx, token)
  const user = userOf(ctx)
  await ctx.transaction(async (tx) => {
    const [current] = await tx.select({ id: baskets.id }).from(baskets)
      .where(eq(baskets.current_user_id, user)).for('update')
    if (current && !await isEmpty(tx, current.id)) {
      throw new Problem('conflict', 'Save or clear the present basket first')
    }
    const [saved] = await tx.select({ id: baskets.id }).from(baskets)
      .where(and(eq(baskets.user_id, user), eq(baskets.status, 'saved'), isNull(baskets.archived_at)))
      .orderBy(desc(baskets.last_activity_at), desc(baskets.id)).limit(1).for('update')
    if (!saved) throw new Problem('not_found')
    if (current) await tx.delete(baskets).where(eq(baskets.id, current.id))
    const resumed = await tx.update(baskets).set({
      status: 'active',
      current_user_id: user,
      version: sql`version + 1`,
      last_activity_at: ctx.now(),
      updated_at: ctx.now(),
    }).where(and(eq(baskets.id, saved.id), eq(baskets.status, 'saved')))
    if (affectedRows(resumed) === 0) throw new Problem('conflict')
  })
  return await show(ctx, token, told)
}

async function isEmpty(db: Ctx['db'], basket: Id<'bask'>): Promise<boolean> {
  const rows = await db.select({ id: basketItems.id }).from(basketItems)
    .where(eq(basketItems.basket_id, basket)).limit(1)
  return rows.length === 0
}

function userOf(ctx: Ctx): Id<'user'> {
  if (ctx.actor.type !== 'user') throw new Problem('unauthenticated')
  return ctx.actor.id
}
