import { eq } from 'drizzle-orm'
import type { Ctx } from '../../needs.ts'
import { tellSessions } from '../../news.ts'
import { signedIn } from '../../privileges.ts'
import { fetchUser } from '../../queries.ts'
import { users } from '../../schema.ts'
import type { Account, AccountChanges } from '../../shapes/account.ts'
import { announceUpdate, lockUser } from '../users/internal.ts'
import { showAccount } from './internal.ts'

/** Throws `not_found` when the account was deleted meanwhile. */
export async function updateAccount(ctx: Ctx, changes: AccountChanges): Promise<Account> {
  const { id } = signedIn(ctx)
  return await ctx.transaction(async (tx) => {
    await lockUser(tx, id)
    const before = await fetchUser(tx, id)
    await tx.update(users).set({ ...changes, updated_at: ctx.now() }).where(eq(users.id, id))
    const now = await fetchUser(tx, id)
    announceUpdate(ctx, tx, before.user, now.user)
    tellSessions(ctx, tx, { user: id })
    return showAccount(now)
  })
}
