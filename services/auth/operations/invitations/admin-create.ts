import { Problem } from '../../../../shared/errors/problem.ts'
import type { Ctx } from '../../needs.ts'
import { requireAbove } from '../../privileges.ts'
import { fetchUser, type UserId } from '../../queries.ts'
import type { Invitation } from '../../shapes/invitation.ts'
import { lockUser } from '../users/internal.ts'
import { invite } from './internal.ts'

/**
 * For an account that nobody can sign in to yet. Throws `not_found`, `forbidden` for one that may do more than the
 * caller, and `conflict` for one that has a password: inviting again would be a way into it.
 */
export async function adminCreateInvitation(ctx: Ctx, id: UserId): Promise<Invitation> {
  return await ctx.transaction(async (tx) => {
    await lockUser(tx, id)
    const row = await fetchUser(tx, id)
    requireAbove(ctx, row)
    if (row.user.password_hash !== null) throw new Problem('conflict', 'This account has a password already')
    return await invite(ctx, tx, row)
  })
}
