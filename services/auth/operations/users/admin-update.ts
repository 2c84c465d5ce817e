import { eq } from 'drizzle-orm'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { requireAbove } from '../../privileges.ts'
import { fetchUser, type UserId } from '../../queries.ts'
import { invitations, users } from '../../schema.ts'
import type { AdminUser, UserChanges } from '../../shapes/user.ts'
import { announceUpdate, lockUser, refuseTaken, showUser } from './internal.ts'

/**
 * A new address is not verified any more, and an invitation that went to the old one is revoked. Throws `not_found`,
 * `already_exists` for a taken address and `forbidden` for somebody who may do more than the caller.
 */
export async function adminUpdateUser(ctx: Ctx, id: UserId, changes: UserChanges): Promise<AdminUser> {
  return await ctx.transaction(async (tx) => {
    await lockUser(tx, id)
    const before = await fetchUser(tx, id)
    requireAbove(ctx, before)
    const isMoved = changes.email !== undefined && changes.email !== before.user.email
    const values = { ...changes, ...(isMoved && { email_verified_at: null }), updated_at: ctx.now() }
    await tx.update(users).set(values).where(eq(users.id, id)).catch(refuseTaken)
    if (isMoved) await tx.delete(invitations).where(eq(invitations.user_id, id))
    const now = await fetchUser(tx, id)
    announceUpdate(ctx, tx, before.user, now.user)
    tellSessions(ctx, tx, { user: id })
    return showUser(now)
  })
}
