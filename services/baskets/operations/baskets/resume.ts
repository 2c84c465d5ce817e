import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { affectedRows } from '../../../../shared/db/database.ts'
import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { lockCurrent } from '../../queries/baskets.ts'
import { baskets } from '../../schema.ts'
import type { Basket } from '../../shapes/basket.ts'
import { present, userOf } from './internal.ts'

/** Takes up what was saved last. Throws `not_found`, and `conflict` while the present basket holds anything. */
export async function resumeBasket(ctx: Ctx): Promise<Basket> {
  const user = userOf(ctx)
  await ctx.transaction(async (tx) => {
    const current = await lockCurrent(tx, user)
    if (current && current.lines.length > 0) {
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
  return await present(ctx, { type: 'user', id: user })
}
