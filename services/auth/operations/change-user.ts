import { eq } from 'drizzle-orm'
import { isDuplicate } from '../../../shared/db/database.ts'
import type { Ctx } from '../needs.ts'
import { fetchUser, type UserId } from '../queries.ts'
import { users } from '../schema.ts'
import type { User, UserChanges } from '../shapes/user.ts'
import { announceUpdate } from './announce-update.ts'
import { taken } from './insert-user.ts'
import { lockUser } from './lock-user.ts'
import { requireAbove } from './privileges.ts'
import { showUser } from './users.ts'

/**
 * A new address is not verified any more. Throws `not_found`, `already_exists` for a taken address and `forbidden` for
 * somebody who may do more than the caller.
 */
export async function changeUser(ctx: Ctx, id: UserId, changes: UserChanges): Promise<User> {
  const changed = await ctx.transaction(async (tx) => {
    await lockUser(tx, id)
    const before = await fetchUser(tx, id)
    requireAbove(ctx, before)
    const isMoved = changes.email !== undefined && changes.email !== before.user.email
    await tx.update(users).set({
      ...changes,
      ...(isMoved && { email_verified_at: null }),
      updated_at: ctx.now(),
    })
      .where(eq(users.id, id)).catch((error) => {
        throw isDuplicate(error, 'users_email') ? taken() : error
      })
    const now = await fetchUser(tx, id)
    announceUpdate(ctx, tx, before.user, now.user)
    return now
  })
  ctx.broadcast('sessions', ctx.tenant.id)
  return showUser(changed)
}
