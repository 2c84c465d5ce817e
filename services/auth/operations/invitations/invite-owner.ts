import type { Ctx } from '../../needs.ts'
import { fetchUser, type UserId } from '../../queries.ts'
import type { Invitation } from '../../shapes/invitation.ts'
import { lockUser } from '../users/internal.ts'
import { invite } from './internal.ts'

/** For the platform's operator: also for an owner who has lost the password. Throws `not_found`. */
export async function inviteOwner(ctx: Ctx, { user_id }: { user_id: UserId }): Promise<Invitation> {
  return await ctx.transaction(async (tx) => {
    await lockUser(tx, user_id)
    return await invite(ctx, tx, await fetchUser(tx, user_id))
  })
}
