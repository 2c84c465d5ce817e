import { eq, sql } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import { basketStates } from '../../domain/states.ts'
import type { Ctx } from '../../needs.ts'
import { lockCurrent } from '../../queries/baskets.ts'
import { baskets } from '../../schema.ts'
import type { Basket } from '../../shapes/basket.ts'
import { present, userOf } from './internal.ts'

/** Puts the basket aside: the next thing added begins a new one. Throws `basket_empty`. */
export async function saveBasket(ctx: Ctx): Promise<Basket> {
  const user = userOf(ctx)
  await ctx.transaction(async (tx) => {
    const current = await lockCurrent(tx, user)
    if (!current || current.lines.length === 0) throw new Problem('basket_empty')
    if (!basketStates.can(current.status, 'saved')) throw new Problem('illegal_transition')
    const saved = await tx.update(baskets).set({
      status: 'saved',
      current_user_id: null,
      abandoned_at: null,
      version: sql`version + 1`,
      last_activity_at: ctx.now(),
      updated_at: ctx.now(),
    }).where(eq(baskets.id, current.id))
    if (affectedRows(saved) === 0) throw new Problem('conflict')
  })
  return await present(ctx, { type: 'user', id: user })
}
