import type { Tx } from '../../../../shared/service/context.ts'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { fetchUser, type UserId } from '../../queries.ts'
import type { AdminUser } from '../../shapes/user.ts'
import { lockUser, showUser } from '../users/internal.ts'

/** Changes what somebody may do, one change after the other. Throws `not_found`. */
export async function changeGrants(
  ctx: Ctx,
  user: UserId,
  change: (tx: Tx) => Promise<void>,
): Promise<AdminUser> {
  return await ctx.transaction(async (tx) => {
    await lockUser(tx, user)
    await change(tx)
    tellSessions(ctx, tx, { user })
    return showUser(await fetchUser(tx, user))
  })
}
